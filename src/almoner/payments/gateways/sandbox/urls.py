"""Under /sandbox/, where the sandbox is switched on."""

from django.urls import path

from almoner.payments.gateways.sandbox import views

urlpatterns = [
    path("", views.board, name="sandbox-board"),
    path("clock/", views.move_clock, name="sandbox-clock"),
    path("method/<slug:token>/", views.change_method, name="sandbox-method"),
    path("return/<slug:charge_id>/", views.return_debit, name="sandbox-return"),
    path("dispute/<slug:charge_id>/", views.open_dispute, name="sandbox-dispute"),
    path("dispute/<slug:charge_id>/end/", views.end_dispute, name="sandbox-dispute-end"),
    path("refund/<slug:charge_id>/", views.give_back, name="sandbox-refund"),
    path("payouts/", views.pay_out, name="sandbox-pay-out"),
    path("payouts/<slug:payout_id>/refuse/", views.refuse_payout, name="sandbox-payout-refuse"),
    path("statement/<slug:currency>.csv", views.statement, name="sandbox-statement"),
    path("checkout/<slug:charge_id>/", views.checkout, name="sandbox-checkout"),
    path("set-up/<slug:set_up_id>/", views.set_up, name="sandbox-set-up"),
    path(
        "set-up/<slug:set_up_id>/authenticate/", views.authenticate_set_up, name="sandbox-set-up-authenticate"
    ),
    path("authenticate/<slug:charge_id>/", views.authenticate, name="sandbox-authenticate"),
]
