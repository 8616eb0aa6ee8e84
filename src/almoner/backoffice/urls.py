"""Under Wagtail's /admin/, which asks who is there. Each view says itself what it takes."""

from django.urls import path

from almoner.backoffice import api_tokens, audit_log, staff, webhooks
from almoner.backoffice.attacks import views as attacks
from almoner.backoffice.crm import held as crm_held
from almoner.backoffice.crm import views as crm
from almoner.backoffice.desk import (
    bank_accounts,
    batches,
    credits,
    debts,
    entry,
    payouts,
    statements,
    suspense,
)
from almoner.backoffice.disputes import views as disputes
from almoner.backoffice.disputes.listing import DisputeList
from almoner.backoffice.gateways import views as gateways
from almoner.backoffice.gifts import acts, detail, donor, erasure, export, stuck
from almoner.backoffice.gifts.listing import GiftList
from almoner.backoffice.impact import (
    editing,
    figures,
    files,
    hidden,
    month,
    programmes,
    publisher,
    queue,
    releases,
    yearly,
)
from almoner.backoffice.plans import acts as plan_acts
from almoner.backoffice.plans import detail as plan_detail
from almoner.backoffice.plans import export as plan_export
from almoner.backoffice.plans import phone as plan_phone
from almoner.backoffice.plans.listing import PlanList
from almoner.backoffice.reports import books, mail, plan_views, proved, troubled, views

app_name = "backoffice"
urlpatterns = [
    path("gifts/", GiftList.as_view(), name="gifts"),
    path("gifts/results/", GiftList.as_view(results_only=True), name="gifts_results"),
    path("gifts/export/", export.export, name="gifts_export"),
    path("gifts/enter/", entry.enter_gift, name="enter_gift"),
    path("gifts/<uuid:gift_id>/", detail.show, name="gift"),
    path("gifts/<uuid:gift_id>/refund/", acts.refund, name="refund"),
    path("gifts/<uuid:gift_id>/received/", acts.receive_transfer, name="receive_transfer"),
    path("gifts/<uuid:gift_id>/receipt/", donor.resend_receipt, name="resend_receipt"),
    path("gifts/<uuid:gift_id>/donor/", donor.correct_donor, name="correct_donor"),
    path("gifts/<uuid:gift_id>/donor/erase/", erasure.erase_donor, name="erase_donor"),
    path(
        "gifts/<uuid:gift_id>/refunds/<uuid:refund_id>/not-made/",
        stuck.refund_not_made,
        name="refund_not_made",
    ),
    path("plans/", PlanList.as_view(), name="plans"),
    path("plans/results/", PlanList.as_view(results_only=True), name="plans_results"),
    path("plans/export/", plan_export.export, name="plans_export"),
    path("plans/begin/", plan_phone.begin, name="begin_plan"),
    path("plans/<uuid:plan_id>/", plan_detail.show, name="plan"),
    path("plans/<uuid:plan_id>/amount/", plan_acts.change_amount, name="change_plan_amount"),
    path("plans/<uuid:plan_id>/every/", plan_acts.change_every, name="change_plan_every"),
    path("plans/<uuid:plan_id>/day/", plan_acts.change_day, name="change_plan_day"),
    path("plans/<uuid:plan_id>/end/", plan_acts.change_end, name="change_plan_end"),
    path("plans/<uuid:plan_id>/donor/", plan_acts.change_contact, name="change_plan_donor"),
    path("plans/<uuid:plan_id>/pause/", plan_acts.pause, name="pause_plan"),
    path("plans/<uuid:plan_id>/resume/", plan_acts.resume, name="resume_plan"),
    path("plans/<uuid:plan_id>/skip/", plan_acts.skip, name="skip_plan"),
    path("plans/<uuid:plan_id>/cancel/", plan_acts.cancel, name="cancel_plan"),
    path("plans/<uuid:plan_id>/ask/", plan_acts.ask_again, name="ask_plan_again"),
    path("disputes/", DisputeList.as_view(), name="disputes"),
    path("disputes/results/", DisputeList.as_view(results_only=True), name="disputes_results"),
    path("disputes/<uuid:dispute_id>/", disputes.dispute, name="dispute"),
    path("disputes/<uuid:dispute_id>/answer/", disputes.answer_dispute, name="answer_dispute"),
    path("disputes/<uuid:dispute_id>/give-up/", disputes.accept_dispute, name="accept_dispute"),
    path("batches/", batches.BatchList.as_view(), name="batches"),
    path("batches/results/", batches.BatchList.as_view(results_only=True), name="batches_results"),
    path("batches/new/", batches.new_batch, name="new_batch"),
    path("batches/<int:batch_id>/", batches.batch, name="batch"),
    path("batches/<int:batch_id>/post/", batches.post_batch, name="post_batch"),
    path("batches/<int:batch_id>/lines/<int:line_id>/remove/", batches.remove_line, name="remove_batch_line"),
    path("transfers/", credits.CreditList.as_view(), name="credits"),
    path("transfers/results/", credits.CreditList.as_view(results_only=True), name="credits_results"),
    path("transfers/new/", credits.new_credit, name="new_credit"),
    path("transfers/<uuid:credit_id>/", credits.credit, name="credit"),
    path("transfers/<uuid:credit_id>/match/<uuid:gift_id>/", credits.match_credit, name="match_credit"),
    path("transfers/<uuid:credit_id>/payout/<uuid:payout_id>/", credits.match_payout, name="match_payout"),
    path("transfers/<uuid:credit_id>/gift/", suspense.gift_of_credit, name="gift_of_credit"),
    path("transfers/<uuid:credit_id>/back/", suspense.send_back, name="send_back_credit"),
    path("transfers/<uuid:credit_id>/unmatch/", suspense.unmatch, name="unmatch_credit"),
    path("payouts/", payouts.PayoutList.as_view(), name="payouts"),
    path("payouts/results/", payouts.PayoutList.as_view(results_only=True), name="payouts_results"),
    path("statements/", statements.StatementList.as_view(), name="statements"),
    path(
        "statements/results/", statements.StatementList.as_view(results_only=True), name="statements_results"
    ),
    path("statements/new/", statements.new_statement, name="new_statement"),
    path("statements/<uuid:statement_id>/", statements.statement, name="statement"),
    path("statements/<uuid:statement_id>/undo/", statements.undo_statement, name="undo_statement"),
    path(
        "statements/<uuid:statement_id>/lines/<int:line_id>/payout/<uuid:payout_id>/",
        debts.match_debt,
        name="match_debt",
    ),
    path("statements/<uuid:statement_id>/lines/<int:line_id>/part/", debts.part_debt, name="part_debt"),
    path("statements/<uuid:statement_id>/discard/", statements.discard_statement, name="discard_statement"),
    path("bank-accounts/", bank_accounts.bank_accounts, name="bank_accounts"),
    path("bank-accounts/new/", bank_accounts.new_bank_account, name="new_bank_account"),
    path("bank-accounts/<int:account_id>/", bank_accounts.bank_account, name="bank_account"),
    path("attacks/", attacks.index, name="attacks"),
    path("attacks/<int:form_id>/", attacks.show, name="attack"),
    path("attacks/<int:form_id>/switch/", attacks.switch, name="switch_attack"),
    path("giving-reports/income/", views.income, name="income"),
    path("giving-reports/proof/", proved.proved, name="proved"),
    path("giving-reports/proof/<int:proved_id>/", proved.day_proved, name="day_proved"),
    path("giving-reports/books/", books.books, name="books"),
    path("giving-reports/books/close/", books.close_books, name="close_books"),
    path("giving-reports/books/<int:account_id>/", books.book, name="book"),
    path("giving-reports/steps/", views.steps, name="steps"),
    path("giving-reports/recovery/", plan_views.recovery, name="recovery"),
    path("giving-reports/upcoming/", plan_views.upcoming, name="upcoming"),
    path("giving-reports/troubled/", troubled.troubled, name="troubled"),
    path("mail/", mail.mail, name="mail"),
    path("mail/jobs/<int:job_id>/retry/", mail.retry_job, name="retry_job"),
    path("audit/", audit_log.AuditLog.as_view(), name="audit"),
    path("audit/results/", audit_log.AuditLog.as_view(results_only=True), name="audit_results"),
    path("audit/check/", audit_log.check_chain, name="check_audit"),
    path("gateways/", gateways.show, name="gateways"),
    path("gateways/<slug:code>/test/", gateways.test, name="test_gateway"),
    path("api-tokens/", api_tokens.api_tokens, name="api_tokens"),
    path("api-tokens/<int:token_id>/revoke/", api_tokens.revoke_api_token, name="revoke_api_token"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/<int:endpoint_id>/", webhooks.webhook, name="webhook"),
    path("webhooks/<int:endpoint_id>/switch/", webhooks.switch_webhook, name="switch_webhook"),
    path("webhooks/<int:endpoint_id>/secret/", webhooks.rotate_webhook, name="rotate_webhook"),
    path("webhooks/<int:endpoint_id>/test/", webhooks.test_webhook, name="test_webhook"),
    path("webhooks/<int:endpoint_id>/replay/", webhooks.replay_webhook, name="replay_webhook"),
    path(
        "webhooks/<int:endpoint_id>/messages/<uuid:delivery_id>/replay/",
        webhooks.replay_delivery,
        name="replay_delivery",
    ),
    path("salesforce/", crm.overview, name="salesforce"),
    path("salesforce/held/", crm_held.held, name="salesforce_held"),
    path("salesforce/held/send/", crm_held.send_all_again, name="salesforce_send_all"),
    path("salesforce/held/<int:mirror_id>/send/", crm_held.send_again, name="salesforce_send"),
    path("salesforce/held/<int:mirror_id>/leave-out/", crm_held.leave_out, name="salesforce_leave_out"),
    path("salesforce/<int:charity_id>/", crm.set_up, name="salesforce_set_up"),
    path("salesforce/<int:charity_id>/test/", crm.test, name="salesforce_test"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/new/", editing.new_programme, name="new_programme"),
    path("programmes/verify/", queue.figure_queue, name="figure_queue"),
    path("programmes/hidden/", hidden.hidden_figures, name="hidden_figures"),
    path("programmes/figures/<uuid:figure_id>/release/", hidden.release_figure, name="release_figure"),
    path("programmes/releases/", releases.release_queue, name="release_queue"),
    path("programmes/releases/<int:release_id>/", releases.decide_release, name="decide_release"),
    path(
        "programmes/releases/<int:release_id>/take-back/",
        releases.take_back_release,
        name="take_back_release",
    ),
    path("programmes/publisher/<int:charity_id>/", publisher.publisher, name="publisher"),
    path("programmes/files/", files.figure_files, name="figure_files"),
    path("programmes/files/<uuid:file_id>/", files.figure_file, name="figure_file"),
    path("programmes/<int:programme_id>/template/", files.figures_template, name="figures_template"),
    path("programmes/<int:programme_id>/", programmes.programme, name="programme"),
    path("programmes/<int:programme_id>/edit/", editing.edit_programme, name="edit_programme"),
    path("programmes/<int:programme_id>/month/", month.month, name="figures_of_month"),
    path("programmes/<int:programme_id>/results/new/", editing.new_result, name="new_result"),
    path("programmes/results/<int:result_id>/", editing.edit_result, name="edit_result"),
    path("programmes/results/<int:result_id>/indicators/new/", editing.new_indicator, name="new_indicator"),
    path("programmes/indicators/<int:indicator_id>/", figures.indicator, name="indicator"),
    path("programmes/indicators/<int:indicator_id>/edit/", editing.edit_indicator, name="edit_indicator"),
    path("programmes/figures/<uuid:figure_id>/correct/", figures.correct_figure, name="correct_figure"),
    path("yearly-message/", yearly.yearly_messages, name="yearly_messages"),
    path("yearly-message/<int:charity_id>/", yearly.yearly_message, name="yearly_message"),
    path(
        "yearly-message/<int:charity_id>/switch/", yearly.switch_yearly_message, name="switch_yearly_message"
    ),
    path(
        "yearly-message/<int:charity_id>/sample/", yearly.sample_yearly_message, name="sample_yearly_message"
    ),
    path("staff/", staff.staff, name="staff"),
    path("staff/<int:user_id>/", staff.person, name="person"),
]
