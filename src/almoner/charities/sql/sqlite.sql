-- Written by script/new-database
-- body 7b22127374570746
-- Django 5.2.19
-- wagtail 7.4.4
-- wagtail-2fa 1.8.0
-- django-otp 1.7.5
-- django-taggit 6.1.0
-- django-modelcluster 6.5
-- contenttypes.0001_initial 35ed8489a147e0b4
-- auth.0001_initial 845cff319606332f
-- charities.0001_initial 982fa9623f7d97de
-- charities.0002_audit_head 9633ac3f827fafb3
-- api.0001_initial f3f6169d1842070a
-- api.0002_rate 48590b7cce354892
-- contenttypes.0002_remove_content_type_name 7d36494075750f0e
-- auth.0002_alter_permission_name_max_length feaf97e0e8f7d148
-- auth.0003_alter_user_email_max_length 9d5657b4db9872dc
-- auth.0004_alter_user_username_opts 9538db342c9a9bec
-- auth.0005_alter_user_last_login_null 79f60a35dc000fdd
-- auth.0006_require_contenttypes_0002 00cb16e3405f14b6
-- auth.0007_alter_validators_add_error_messages 115db87dc327530f
-- auth.0008_alter_user_username_max_length 02857f65f7d64814
-- auth.0009_alter_user_last_name_max_length 19a89500e7f108a7
-- auth.0010_alter_group_name_max_length 0963ed6498ac0b3a
-- auth.0011_update_proxy_permissions 85a5dde708dc4b61
-- auth.0012_alter_user_first_name_max_length 6cefbc9f80903763
-- wagtailcore.0001_initial cea81d4e905b0011
-- wagtailcore.0002_initial_data 90ec67924f31d701
-- wagtailcore.0003_add_uniqueness_constraint_on_group_page_permission f3c13d4234999a7f
-- wagtailcore.0004_page_locked 054dd5f11e963145
-- wagtailcore.0005_add_page_lock_permission_to_moderators 4dd8ce173a82bdff
-- wagtailcore.0006_add_lock_page_permission fdd0c9f51908a077
-- wagtailcore.0007_page_latest_revision_created_at 44a498d1402ed033
-- wagtailcore.0008_populate_latest_revision_created_at c5e6b73689628c97
-- wagtailcore.0009_remove_auto_now_add_from_pagerevision_created_at ce9ebb7f16009609
-- wagtailcore.0010_change_page_owner_to_null_on_delete 3b440fa8c7436a0a
-- wagtailcore.0011_page_first_published_at 2a344a1bc91d4b55
-- wagtailcore.0012_extend_page_slug_field c8ce5732aad1b2b6
-- wagtailcore.0013_update_golive_expire_help_text 058c8ebeb60a5806
-- wagtailcore.0014_add_verbose_name ed202e3c161cee8b
-- wagtailcore.0015_add_more_verbose_names c7f01bc90668964c
-- wagtailcore.0016_change_page_url_path_to_text_field fc00e2e248e357af
-- wagtailcore.0017_change_edit_page_permission_description ccd71ad6211dc9ea
-- wagtailcore.0018_pagerevision_submitted_for_moderation_index 9c84c8a317432983
-- wagtailcore.0019_verbose_names_cleanup dd647daad29c8ff0
-- wagtailcore.0020_add_index_on_page_first_published_at a6bee4fe81de1087
-- wagtailcore.0021_capitalizeverbose 8a3d847c8e0eb8ca
-- wagtailcore.0022_add_site_name 24b2b9b04106c8ff
-- wagtailcore.0023_alter_page_revision_on_delete_behaviour 757de219a5895b45
-- wagtailcore.0024_collection fcdfe156ab59adbb
-- wagtailcore.0025_collection_initial_data 299d294b4dcf5997
-- wagtailcore.0026_group_collection_permission c164f30fd7bbd892
-- wagtailcore.0027_fix_collection_path_collation f6c14ff3972d5c7d
-- wagtailcore.0024_alter_page_content_type_on_delete_behaviour 81599e333a45b26c
-- wagtailcore.0028_merge c3a7c3972fd9a85c
-- wagtailcore.0029_unicode_slugfield_dj19 002cf4f07e5119fb
-- wagtailcore.0030_index_on_pagerevision_created_at d2a6d2c2cf713373
-- wagtailcore.0031_add_page_view_restriction_types 9a49c448c2d89307
-- wagtailcore.0032_add_bulk_delete_page_permission 549175d715c672b6
-- wagtailcore.0033_remove_golive_expiry_help_text aa4d91586ada762c
-- wagtailcore.0034_page_live_revision d650388923d2e80e
-- wagtailcore.0035_page_last_published_at 54d0d7e199f39d02
-- wagtailcore.0036_populate_page_last_published_at b4f6cd06b9dba976
-- wagtailcore.0037_set_page_owner_editable 4d500a6059471851
-- wagtailcore.0038_make_first_published_at_editable 5a987c60fe3a1ee9
-- wagtailcore.0039_collectionviewrestriction df7d95a80ca958ce
-- wagtailcore.0040_page_draft_title a975ce119729482a
-- wagtailcore.0041_group_collection_permissions_verbose_name_plural 71b468024ec4733b
-- wagtailcore.0042_index_on_pagerevision_approved_go_live_at 2cbafdbb2ea429b4
-- wagtailcore.0043_lock_fields ed3b4350910be05f
-- wagtailcore.0044_add_unlock_grouppagepermission afe9599444e9fade
-- wagtailcore.0045_assign_unlock_grouppagepermission cf179eed03b8e6d2
-- wagtailcore.0046_site_name_remove_null 9888cafb23286c1d
-- wagtailcore.0047_add_workflow_models edcaa33d2f89950c
-- wagtailcore.0048_add_default_workflows 98f05bb3286e25b6
-- wagtailcore.0049_taskstate_finished_by f5f2bca3716c52d8
-- wagtailcore.0050_workflow_rejected_to_needs_changes 5c0cdb9025c34923
-- wagtailcore.0051_taskstate_comment 0e10a5d370d68cf0
-- wagtailcore.0052_pagelogentry ab4de3c62a89dc97
-- wagtailcore.0053_locale_model bfd6fba56a11a9f0
-- wagtailcore.0054_initial_locale 94122ab10b32b608
-- wagtailcore.0055_page_locale_fields 0bfa4f4932b7ff3e
-- wagtailcore.0056_page_locale_fields_populate b782b53081ab2589
-- wagtailcore.0057_page_locale_fields_notnull 8cb584fc83fac322
-- wagtailcore.0058_page_alias_of 432e80e40b1cae22
-- wagtailcore.0059_apply_collection_ordering 36d535fa96a194a5
-- wagtailcore.0060_fix_workflow_unique_constraint 883117a3b45cf863
-- wagtailcore.0061_change_promote_tab_helpt_text_and_verbose_names f303f2415229c5ad
-- wagtailcore.0062_comment_models_and_pagesubscription 72a1209bff5bf235
-- wagtailcore.0063_modellogentry 7f67fc0f5c40fecf
-- wagtailcore.0064_log_timestamp_indexes ee7bad344df803c8
-- wagtailcore.0065_log_entry_uuid a5b71e830e641059
-- wagtailcore.0066_collection_management_permissions dfc28f96014d8412
-- wagtailcore.0067_alter_pagerevision_content_json 2ab4c77f237f7afd
-- wagtailcore.0068_log_entry_empty_object c5e51c974fdcb28a
-- wagtailcore.0069_log_entry_jsonfield 70b22160eb859fe4
-- wagtailcore.0070_rename_pagerevision_revision 2f27c5b8f8cf9bc6
-- wagtailcore.0071_populate_revision_content_type c719e379a036b7c7
-- wagtailcore.0072_alter_revision_content_type_notnull 89429dea4c3c5e04
-- wagtailcore.0073_page_latest_revision e6c6f3c351387866
-- wagtailcore.0074_revision_object_str 3e57999ac0b3d7a3
-- wagtailcore.0075_populate_latest_revision_and_revision_object_str 578b1c14a22c0b55
-- wagtailcore.0076_modellogentry_revision f94bb2161f570155
-- wagtailcore.0077_alter_revision_user 6b2de9b98a82f11d
-- wagtailcore.0078_referenceindex 501b9d4ff7aa3aad
-- wagtailcore.0079_rename_taskstate_page_revision 033f1da052468765
-- wagtailcore.0080_generic_workflowstate 9c1c523444a78dc6
-- wagtailcore.0081_populate_workflowstate_content_type 2ca66106944ecf67
-- wagtailcore.0082_alter_workflowstate_content_type_notnull 017c8b764cca1872
-- wagtailcore.0083_workflowcontenttype e480780558060769
-- wagtailcore.0084_add_default_page_permissions 6533eff609740444
-- wagtailcore.0085_add_grouppagepermission_permission 14255d76b2debbc9
-- wagtailcore.0086_populate_grouppagepermission_permission 05bdc90316467e24
-- wagtailcore.0087_alter_grouppagepermission_unique_together_and_more 9f5bcc927b35ce33
-- wagtailcore.0088_fix_log_entry_json_timestamps e5afc01f4a8cd17f
-- wagtailcore.0089_log_entry_data_json_null_to_object 06c80b0a050ecdcb
-- wagtailcore.0090_remove_grouppagepermission_permission_type 281e571eb78905c2
-- wagtailcore.0091_remove_revision_submitted_for_moderation 66f520f7ab7205fc
-- wagtailcore.0092_alter_collectionviewrestriction_password_and_more 44955a20f45f77e0
-- wagtailcore.0093_uploadedfile c02885138ca13372
-- wagtailcore.0094_alter_page_locale 14d6c54cae836d6d
-- wagtailcore.0095_groupsitepermission 578cbf14db2f7eb4
-- wagtailcore.0096_referenceindex_referenceindex_source_object_and_more 94d1cc9527502c49
-- wagtailcore.0097_baselogentry_uuid_action_timestamp_indexes 038c7d89861a592d
-- supporters.0001_initial a4a03ad037df2156
-- giving.0001_initial 308f8384a66cb701
-- backoffice.0001_initial 144d9855c2cdf684
-- backoffice.0002_kept_log_and_sign_in_tries d6e6629de8e56509
-- backoffice.0003_erase_donors a7a598eee5e2a949
-- backoffice.0004_close_books acf2c0bce328e700
-- backoffice.0005_manage_attacks 195a3e737b5c58da
-- backoffice.0006_answer_disputes ebf0627d175dd58c
-- backoffice.0007_keep_register d9a2b7bea9a61f9f
-- backoffice.0008_book_bank 8c40f2796f74cb49
-- payments.0001_initial a91cffa4f616d419
-- payments.0002_events_and_balances 34a15480f1021d36
-- payments.0003_disputes_and_payouts 01b3017d6c9bb810
-- payments.0004_set_ups_told 2a6a9d5d18bf28fe
-- payments.0005_credits_withdrawn f07bd68fbacda274
-- payments.0006_payouts_banked 83cfc3d9946b5953
-- payments.0007_dispute_replies f6d4312c47022efb
-- payments.0008_events_missed cb500aee5336e279
-- banking.0001_initial 380b4a19951fd46f
-- banking.0002_payouts_banked 0d54e9c82b2be93b
-- banking.0003_whole_text_and_debts b01ee661ac36e977
-- charities.0003_phrases 1dca9154bb2e855a
-- consents.0001_consent 49328daf9f9d9a02
-- crm.0001_initial df7ffd5ae853ca57
-- plans.0001_initial 8bd1a964af72bb72
-- plans.0002_charging 6ae00fbd07a72a7b
-- plans.0003_restored acdda2bca35bc4ef
-- plans.0004_newest_first 8ac26728b0d730be
-- plans.0005_debits_ahead 9aca3793bb390851
-- plans.0006_moved_in 6d1cd7bdde441162
-- plans.0007_found_by_staff 076f757f545856b9
-- impact.0001_initial 26064eb1e5b3d432
-- impact.0002_dimensions_and_files 363830f0e1f97ee6
-- impact.0003_claims 099c804ab8433384
-- impact.0004_disclosure a1f62ef2e02bbd0e
-- donors.0001_initial babc549d2351470a
-- donors.0002_method_set_ups c7344733eef70995
-- donors.0003_set_ups_used_once cb2e8b0ee540c647
-- donors.0004_told bf96249c3c4fec3e
-- donors.0005_sealed d1f56731a67e47c1
-- giving.0002_limits d8ce29c3d74da55d
-- giving.0003_intro 2cb80351aac827fd
-- giving.0004_benefits 22f4fc34c3b4181e
-- giving.0005_further_currencies 4c3280f95bf980cb
-- giving.0006_transfers da4705007c8b8d8a
-- giving.0007_line_address 9fd03115e0ed95e7
-- giving.0008_gift_period_on be941692df7abba8
-- giving.0009_gift_plan_gift_giving_one_gift_a_period_and_more 77d896306a70cd86
-- giving.0010_frequencies a8086ef207c7a5cf
-- giving.0011_offer_wallets e934d3cf5e4cb17a
-- giving.0012_frame_sites dfbeca2311e7a60c
-- giving.0013_plan_origin 14a5ac8b57dafae6
-- giving.0014_attacks f6d6e602b161395b
-- giving.0015_waited bc22d7b5517b1ef1
-- impact.0005_claim_language b4bc0ae9b8f824c3
-- impact.0006_releases eea7dd3f35f1799c
-- impact.0007_replacements 65050fd946ad53ee
-- impact.0008_translations 36517aa63ec3a547
-- impact.0009_wordings f4ead72368e638d9
-- impact.0010_source_kept_at f0c14a3aa7bc8d16
-- impact.0011_wordings_of_places 2ede790526034f27
-- ledger.0001_initial ee3569a1046ebbc1
-- ledger.0002_closing 559a54b8cd332fbc
-- ledger.0003_days_proved 35601ba3ca562a26
-- ledger.0004_proved_since d692f30cfd7c8f43
-- otp_totp.0001_initial 366d9effe737f771
-- otp_totp.0002_auto_20190420_0723 2bf09966867c24ae
-- otp_totp.0003_add_timestamps 7999680ed610b0c8
-- outbox.0001_initial bd6e0d596bcff86a
-- outbox.0002_begun 9c40bb4369caf7f2
-- plans.0008_sealed 2b77c2ec8772df3c
-- plans.0009_marked 1cf0d34a4604fc9d
-- receipts.0001_initial ec53d0081a661ee5
-- receipts.0002_unmatched 3bf4077ceb09451c
-- sessions.0001_initial 2aa438e2393ee513
-- taggit.0001_initial 99ca62a055c530c7
-- wagtailimages.0001_initial fe18cd6be8eb40ea
-- wagtailimages.0002_initial_data 205c11cfbd2f7030
-- wagtailimages.0003_fix_focal_point_fields 91d854b1dbc7f81e
-- wagtailimages.0004_make_focal_point_key_not_nullable d8ba85af96195a21
-- wagtailimages.0005_make_filter_spec_unique 20fa306ad9d56060
-- wagtailimages.0006_add_verbose_names 22bd284a06331caf
-- wagtailimages.0007_image_file_size 2dd6a2ecbed86d89
-- wagtailimages.0008_image_created_at_index fabcd0f908be61a1
-- wagtailimages.0009_capitalizeverbose 5aa100d9244322da
-- wagtailimages.0010_change_on_delete_behaviour 7102fb52fe3e2261
-- wagtailimages.0011_image_collection 1cee56cfcdc0a9eb
-- wagtailimages.0012_copy_image_permissions_to_collections 5569501759e9a7b0
-- wagtailimages.0013_make_rendition_upload_callable 9c882b1d3e320f81
-- wagtailimages.0014_add_filter_spec_field cfb5cd34b7fa1350
-- wagtailimages.0015_fill_filter_spec_field 4c77803737013108
-- wagtailimages.0016_deprecate_rendition_filter_relation 2e201ffab6d54bee
-- wagtailimages.0017_reduce_focal_point_key_max_length 10eee49449046b33
-- wagtailimages.0018_remove_rendition_filter 05b4722063b74868
-- wagtailimages.0019_delete_filter 5ea2dddeb669e5ce
-- wagtailimages.0020_add-verbose-name 19985bc6729de25f
-- wagtailimages.0021_image_file_hash 9b4297dd851d089f
-- wagtailimages.0022_uploadedimage 9793ee6186278181
-- wagtailadmin.0001_create_admin_access_permissions fcbe05ca0d60a8ea
-- wagtailimages.0023_add_choose_permissions 37f2b23c43135be6
-- wagtailimages.0024_index_image_file_hash c204e1dbef4c5549
-- wagtailimages.0025_alter_image_file_alter_rendition_file bba3a6ba48a00247
-- wagtailimages.0026_delete_uploadedimage 7035d27dab2f3775
-- wagtailimages.0027_image_description 621fef7dd6855f02
-- stories.0001_initial d0bf0b804f4e7403
-- stories.0002_where_it_can_be_read b36247cd32fbb3b0
-- stories.0003_from_wordpress 4aabe69698b48f71
-- stories.0004_moves 373201b8f6187b88
-- stories.0005_figures_of_the_register 63cd16c7813e0d27
-- stories.0006_consent 8226ecb5ce72dd38
-- stories.0007_drawn_figures 49489d76c2524d46
-- stories.0008_elsewhere 33dfc97e057ffef5
-- supporters.0002_phrases 593e97d7a6a37c81
-- taggit.0002_auto_20150616_2121 9db9f38747553183
-- taggit.0003_taggeditem_add_unique_index 8d474ef8ec122e51
-- taggit.0004_alter_taggeditem_content_type_alter_taggeditem_tag f9d1464ef1c663da
-- taggit.0005_auto_20220424_2025 0ff3cb6796cf52fb
-- taggit.0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx 7e6afc35e33e1db0
-- wagtail_2fa.0001_initial 95de272d66283c9b
-- wagtailadmin.0002_admin 1e2a4c541e9ab35b
-- wagtailadmin.0003_admin_managed 620fc672b343ac4e
-- wagtailadmin.0004_editingsession 7b870aaf0095ce75
-- wagtailadmin.0005_editingsession_is_editing 2366578b652bd350
-- wagtailadmin.0006_formstate 1188fcdbffa104cf
-- wagtaildocs.0001_initial a6847d3092006d3a
-- wagtaildocs.0002_initial_data 9cc33694f10ce040
-- wagtaildocs.0003_add_verbose_names 2ee10fdad320f232
-- wagtaildocs.0004_capitalizeverbose 4651d6a0b6ce05dc
-- wagtaildocs.0005_document_collection 81f9c182c531bff3
-- wagtaildocs.0006_copy_document_permissions_to_collections 48117f735ebe3b6e
-- wagtaildocs.0005_alter_uploaded_by_user_on_delete_action 95ba0c8e03bd5cf6
-- wagtaildocs.0007_merge d479b02a6ffa0af1
-- wagtaildocs.0008_document_file_size cc62bdd440414b23
-- wagtaildocs.0009_document_verbose_name_plural 4d3a685a9446d3b7
-- wagtaildocs.0010_document_file_hash 80687d1b5b7ba780
-- wagtaildocs.0011_add_choose_permissions e5a96a131812b02f
-- wagtaildocs.0012_uploadeddocument 8c60f611a5d5d4da
-- wagtaildocs.0013_delete_uploadeddocument da2f6d9b8afee4f9
-- wagtaildocs.0014_alter_document_file_size 4ea1c485f5c6157d
-- wagtailembeds.0001_initial 4cda337581731d86
-- wagtailembeds.0002_add_verbose_names 3c0f0925d46fb6ca
-- wagtailembeds.0003_capitalizeverbose c31c4986c199c486
-- wagtailembeds.0004_embed_verbose_name_plural 6698f3fe91fefeb4
-- wagtailembeds.0005_specify_thumbnail_url_max_length a87ca7d4f74872b6
-- wagtailembeds.0006_add_embed_hash e8767b3cb307d89d
-- wagtailembeds.0007_populate_hash 40f72d1536da7080
-- wagtailembeds.0008_allow_long_urls 1dbd0da67e098e27
-- wagtailembeds.0009_embed_cache_until d5bd3a7251f5245d
-- wagtailredirects.0001_initial 66694614f3f1751c
-- wagtailredirects.0002_add_verbose_names 6ad4f6047285e382
-- wagtailredirects.0003_make_site_field_editable 8140fdb4e944cc0e
-- wagtailredirects.0004_set_unique_on_path_and_site c38947febcf2153d
-- wagtailredirects.0005_capitalizeverbose 71c832c4f74d3843
-- wagtailredirects.0006_redirect_increase_max_length 8bd866d61544c871
-- wagtailredirects.0007_add_autocreate_fields f2f08cd09dba22de
-- wagtailredirects.0008_add_verbose_name_plural 2597a885595295dd
-- wagtailsearch.0001_initial d0f9dc9a9dcfbae3
-- wagtailsearch.0002_add_verbose_names fefea21ffbe5e5f7
-- wagtailsearch.0003_remove_editors_pick 60dede9f42ba836c
-- wagtailsearch.0004_querydailyhits_verbose_name_plural 79bf566c7724381b
-- wagtailsearch.0005_create_indexentry 2ef478982beaadf1
-- wagtailsearch.0006_customise_indexentry 072b86ec4468c82b
-- wagtailsearch.0007_delete_editorspick 49417cfd296b2e60
-- wagtailsearch.0008_remove_query_and_querydailyhits_models 34205d79c48af0ae
-- wagtailsearch.0009_remove_ngram_autocomplete 0cc43abf34455183
-- wagtailsearch.0010_add_text_fields c56cd3498aaa9368
-- wagtailusers.0001_initial 45a8c1ec67422390
-- wagtailusers.0002_add_verbose_name_on_userprofile 2a4c434837ee5c9c
-- wagtailusers.0003_add_verbose_names 9590c0e99d195868
-- wagtailusers.0004_capitalizeverbose 327e5a4b51ff493d
-- wagtailusers.0005_make_related_name_wagtail_specific 45dfa0294cdd846e
-- wagtailusers.0006_userprofile_prefered_language 636c4e036df13cd0
-- wagtailusers.0007_userprofile_current_time_zone 435fd383a877469f
-- wagtailusers.0008_userprofile_avatar 2ee737254928fc2a
-- wagtailusers.0009_userprofile_verbose_name_plural ca8286fe2e29e576
-- wagtailusers.0010_userprofile_updated_comments_notifications 97033bd05c0811a3
-- wagtailusers.0011_userprofile_dismissibles b6381984386e17fb
-- wagtailusers.0012_userprofile_theme fb079398fa7eddf6
-- wagtailusers.0013_userprofile_density 934baa45fe42a41a
-- wagtailusers.0014_userprofile_contrast 3f44752ffd8d5c2f
-- wagtailusers.0015_userprofile_keyboard_shortcuts b861c0bc6f5a7a98
-- webhooks.0001_initial 6320f588421bf310
-- webhooks.0002_followed 765008d5a47acdf8
-- webhooks.0003_sealed d17521a03cd4d991
-- wagtailimages.0001_squashed_0021 daed4ad0904d5f2f
-- wagtailcore.0001_squashed_0016_change_page_url_path_to_text_field 63431ae853404f87

PRAGMA defer_foreign_keys = ON
--
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL)
--
CREATE TABLE "auth_group_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "auth_user_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "auth_user_user_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "charities_auditentry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "actor_id" bigint NULL, "actor_name" varchar(150) NOT NULL, "action" varchar(60) NOT NULL, "object_type" varchar(40) NOT NULL, "object_id" varchar(64) NOT NULL, "detail" text NOT NULL CHECK ((JSON_VALID("detail") OR "detail" IS NULL)), "previous_hash" varchar(64) NOT NULL, "hash" varchar(64) NOT NULL UNIQUE, "charity_id" bigint NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "charities_charity" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "slug" varchar(50) NOT NULL UNIQUE, "name" varchar(120) NOT NULL, "legal_name" varchar(200) NOT NULL, "country" varchar(2) NOT NULL, "timezone" varchar(64) NOT NULL, "currency" varchar(3) NOT NULL, "language" varchar(10) NOT NULL, "tax_numbers" text NOT NULL CHECK ((JSON_VALID("tax_numbers") OR "tax_numbers" IS NULL)), "address_lines" text NOT NULL, "email" varchar(254) NOT NULL, "phone" varchar(40) NOT NULL, "website" varchar(200) NOT NULL, "privacy_url" varchar(200) NOT NULL, "mail_from" varchar(254) NOT NULL, "logo_svg" text NOT NULL, "colour_primary" varchar(7) NOT NULL, "colour_accent" varchar(7) NOT NULL, "bank_details" text NOT NULL CHECK ((JSON_VALID("bank_details") OR "bank_details" IS NULL)), "is_default" bool NOT NULL)
--
CREATE TABLE "charities_contentstamp" ("charity_id" bigint NOT NULL PRIMARY KEY REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "version" bigint NOT NULL)
--
CREATE TABLE "charities_charityhost" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "host" varchar(253) NOT NULL UNIQUE, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "charities_fund" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "code" varchar(40) NOT NULL, "name" varchar(120) NOT NULL, "line" varchar(200) NOT NULL, "deductible" bool NOT NULL, "endorsed_name" varchar(200) NOT NULL, "endorsed_abn" varchar(20) NOT NULL, "is_default" bool NOT NULL, "active" bool NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "charities_fund_code" UNIQUE ("charity_id", "code"), CONSTRAINT "charities_deductible_fund_is_endorsed" CHECK ((NOT "deductible" OR (NOT ("endorsed_name" = '') AND NOT ("endorsed_abn" = '')))))
--
CREATE TABLE "charities_staffscope" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "charities_scope_once" UNIQUE ("user_id", "charity_id"))
--
CREATE TABLE "charities_audithead" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "count" bigint NOT NULL, "hash" varchar(64) NOT NULL)
--
CREATE TABLE "api_apitoken" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(80) NOT NULL, "digest" varchar(64) NOT NULL UNIQUE, "begins" varchar(12) NOT NULL, "scopes" text NOT NULL CHECK ((JSON_VALID("scopes") OR "scopes" IS NULL)), "made_by_id" bigint NOT NULL, "made_by_name" varchar(150) NOT NULL, "made_at" datetime NOT NULL, "expires_at" datetime NULL, "revoked_at" datetime NULL, "used_on" date NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "api_apicall" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(255) NOT NULL, "fingerprint" varchar(64) NOT NULL, "begun_at" datetime NOT NULL, "status" smallint unsigned NULL CHECK ("status" >= 0), "answer" text NULL CHECK ((JSON_VALID("answer") OR "answer" IS NULL)), "token_id" bigint NOT NULL REFERENCES "api_apitoken" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "api_call_once" UNIQUE ("token_id", "key"))
--
CREATE TABLE "api_apirate" ("token_id" bigint NOT NULL PRIMARY KEY REFERENCES "api_apitoken" ("id") DEFERRABLE INITIALLY DEFERRED, "minute" bigint NOT NULL, "calls" integer unsigned NOT NULL CHECK ("calls" >= 0))
--
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL)
--
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL)
--
CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE)
--
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL)
--
CREATE TABLE "wagtailcore_collection" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "path" varchar(255) NOT NULL UNIQUE, "depth" integer unsigned NOT NULL CHECK ("depth" >= 0), "numchild" integer unsigned NOT NULL CHECK ("numchild" >= 0), "name" varchar(255) NOT NULL)
--
CREATE TABLE "wagtailcore_groupcollectionpermission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "collection_id" integer NOT NULL REFERENCES "wagtailcore_collection" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_pageviewrestriction_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "pageviewrestriction_id" integer NOT NULL REFERENCES "wagtailcore_pageviewrestriction" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_pageviewrestriction" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(255) NOT NULL, "page_id" integer NOT NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "restriction_type" varchar(20) NOT NULL)
--
CREATE TABLE "wagtailcore_collectionviewrestriction" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "restriction_type" varchar(20) NOT NULL, "password" varchar(255) NOT NULL, "collection_id" integer NOT NULL REFERENCES "wagtailcore_collection" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_collectionviewrestriction_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "collectionviewrestriction_id" integer NOT NULL REFERENCES "wagtailcore_collectionviewrestriction" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_site" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "hostname" varchar(255) NOT NULL, "port" integer NOT NULL, "is_default_site" bool NOT NULL, "root_page_id" integer NOT NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "site_name" varchar(255) NOT NULL)
--
CREATE TABLE "wagtailcore_task" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(255) NOT NULL, "active" bool NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_workflow" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(255) NOT NULL, "active" bool NOT NULL)
--
CREATE TABLE "wagtailcore_groupapprovaltask" ("task_ptr_id" integer NOT NULL PRIMARY KEY REFERENCES "wagtailcore_task" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_workflowpage" ("page_id" integer NOT NULL PRIMARY KEY REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "workflow_id" integer NOT NULL REFERENCES "wagtailcore_workflow" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_workflowtask" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "sort_order" integer NULL, "task_id" integer NOT NULL REFERENCES "wagtailcore_task" ("id") DEFERRABLE INITIALLY DEFERRED, "workflow_id" integer NOT NULL REFERENCES "wagtailcore_workflow" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_groupapprovaltask_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "groupapprovaltask_id" integer NOT NULL REFERENCES "wagtailcore_groupapprovaltask" ("task_ptr_id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_locale" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "language_code" varchar(100) NOT NULL UNIQUE)
--
CREATE TABLE "wagtailcore_page" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "path" varchar(255) NOT NULL UNIQUE, "depth" integer unsigned NOT NULL CHECK ("depth" >= 0), "numchild" integer unsigned NOT NULL CHECK ("numchild" >= 0), "title" varchar(255) NOT NULL, "slug" varchar(255) NOT NULL, "live" bool NOT NULL, "has_unpublished_changes" bool NOT NULL, "url_path" text NOT NULL, "seo_title" varchar(255) NOT NULL, "show_in_menus" bool NOT NULL, "search_description" text NOT NULL, "go_live_at" datetime NULL, "expire_at" datetime NULL, "expired" bool NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "owner_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "locked" bool NOT NULL, "latest_revision_created_at" datetime NULL, "first_published_at" datetime NULL, "live_revision_id" integer NULL REFERENCES "wagtailcore_revision" ("id") DEFERRABLE INITIALLY DEFERRED, "last_published_at" datetime NULL, "draft_title" varchar(255) NOT NULL, "locked_at" datetime NULL, "locked_by_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "locale_id" integer NOT NULL REFERENCES "wagtailcore_locale" ("id") DEFERRABLE INITIALLY DEFERRED, "translation_key" char(32) NOT NULL, "alias_of_id" integer NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "latest_revision_id" integer NULL REFERENCES "wagtailcore_revision" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_commentreply" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "text" text NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "comment_id" integer NOT NULL REFERENCES "wagtailcore_comment" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_pagesubscription" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "comment_notifications" bool NOT NULL, "page_id" integer NOT NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_comment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "text" text NOT NULL, "contentpath" text NOT NULL, "position" text NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "resolved_at" datetime NULL, "page_id" integer NOT NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "resolved_by_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "revision_created_id" integer NULL REFERENCES "wagtailcore_revision" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_referenceindex" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" varchar(255) NOT NULL, "to_object_id" varchar(255) NOT NULL, "model_path" text NOT NULL, "content_path" text NOT NULL, "content_path_hash" char(32) NOT NULL, "base_content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "to_content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_taskstate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "status" varchar(50) NOT NULL, "started_at" datetime NOT NULL, "finished_at" datetime NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "task_id" integer NOT NULL REFERENCES "wagtailcore_task" ("id") DEFERRABLE INITIALLY DEFERRED, "workflow_state_id" integer NOT NULL REFERENCES "wagtailcore_workflowstate" ("id") DEFERRABLE INITIALLY DEFERRED, "finished_by_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "comment" text NOT NULL, "revision_id" integer NOT NULL REFERENCES "wagtailcore_revision" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_workflowstate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "status" varchar(50) NOT NULL, "created_at" datetime NOT NULL, "current_task_state_id" integer NULL UNIQUE REFERENCES "wagtailcore_taskstate" ("id") DEFERRABLE INITIALLY DEFERRED, "requested_by_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "workflow_id" integer NOT NULL REFERENCES "wagtailcore_workflow" ("id") DEFERRABLE INITIALLY DEFERRED, "object_id" varchar(255) NOT NULL, "base_content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_workflowcontenttype" ("content_type_id" integer NOT NULL PRIMARY KEY REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "workflow_id" integer NOT NULL REFERENCES "wagtailcore_workflow" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_modellogentry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "label" text NOT NULL, "action" varchar(255) NOT NULL, "timestamp" datetime NOT NULL, "content_changed" bool NOT NULL, "deleted" bool NOT NULL, "object_id" varchar(255) NOT NULL, "content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NULL, "uuid" char(32) NULL, "revision_id" integer NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)))
--
CREATE TABLE "wagtailcore_pagelogentry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "label" text NOT NULL, "action" varchar(255) NOT NULL, "timestamp" datetime NOT NULL, "content_changed" bool NOT NULL, "deleted" bool NOT NULL, "content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "page_id" integer NOT NULL, "revision_id" integer NULL, "user_id" integer NULL, "uuid" char(32) NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)))
--
CREATE TABLE "wagtailcore_grouppagepermission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "page_id" integer NOT NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "unique_permission" UNIQUE ("group_id", "page_id", "permission_id"))
--
CREATE TABLE "wagtailcore_revision" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "created_at" datetime NOT NULL, "approved_go_live_at" datetime NULL, "user_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "content" text NOT NULL CHECK ((JSON_VALID("content") OR "content" IS NULL)), "object_id" varchar(255) NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "base_content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "object_str" text NOT NULL)
--
CREATE TABLE "wagtailcore_uploadedfile" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "file" varchar(200) NOT NULL, "for_content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "uploaded_by_user_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtailcore_groupsitepermission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" integer NOT NULL REFERENCES "wagtailcore_site" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "supporters_contact" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "given_name" varchar(100) NOT NULL, "family_name" varchar(100) NOT NULL, "organisation" varchar(200) NOT NULL, "name_key" varchar(402) NOT NULL, "email" varchar(254) NOT NULL, "phone" varchar(40) NOT NULL, "address" text NULL CHECK ((JSON_VALID("address") OR "address" IS NULL)), "language" varchar(10) NOT NULL, "created_at" datetime NOT NULL, "bounced_at" datetime NULL, "erased_at" datetime NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "supporter_id" bigint NULL REFERENCES "supporters_supporter" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "supporters_consent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "channel" varchar(20) NOT NULL, "granted" bool NOT NULL, "at" datetime NOT NULL, "source" varchar(60) NOT NULL, "wording_id" bigint NOT NULL REFERENCES "supporters_consentwording" ("id") DEFERRABLE INITIALLY DEFERRED, "contact_id" bigint NOT NULL REFERENCES "supporters_contact" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "supporters_supporter" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email_key" varchar(254) NULL, "name" varchar(200) NOT NULL, "created_at" datetime NOT NULL, "erased_at" datetime NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "supporters_email_once" UNIQUE ("charity_id", "email_key"))
--
CREATE TABLE "giving_giftbatch" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(120) NOT NULL, "currency" varchar(3) NOT NULL, "control_count" integer unsigned NOT NULL CHECK ("control_count" >= 0), "control_total_minor" bigint NOT NULL, "state" varchar(10) NOT NULL, "created_at" datetime NOT NULL, "created_by_id" bigint NULL, "posted_at" datetime NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "giving_consentquestion" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "channel" varchar(20) NOT NULL, "basis" varchar(20) NOT NULL, "text" varchar(300) NOT NULL, "wording_id" bigint NULL REFERENCES "supporters_consentwording" ("id") DEFERRABLE INITIALLY DEFERRED, "form_id" bigint NOT NULL REFERENCES "giving_donationform" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "giving_consent_channel_once" UNIQUE ("form_id", "channel"))
--
CREATE TABLE "giving_formfund" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "position" smallint unsigned NOT NULL CHECK ("position" >= 0), "form_id" bigint NOT NULL REFERENCES "giving_donationform" ("id") DEFERRABLE INITIALLY DEFERRED, "fund_id" bigint NOT NULL REFERENCES "charities_fund" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "giving_form_fund_once" UNIQUE ("form_id", "fund_id"))
--
CREATE TABLE "giving_formnumber" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" integer unsigned NOT NULL CHECK ("number" >= 0), "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "form_id" bigint NOT NULL REFERENCES "giving_donationform" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "giving_number_once" UNIQUE ("charity_id", "number"))
--
CREATE TABLE "giving_funnelcount" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL, "step" varchar(10) NOT NULL, "device" varchar(10) NOT NULL, "count" integer unsigned NOT NULL CHECK ("count" >= 0), "form_id" bigint NOT NULL REFERENCES "giving_donationform" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "giving_funnel_once" UNIQUE ("form_id", "day", "step", "device"))
--
CREATE TABLE "giving_suggestedamount" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "frequency" varchar(10) NOT NULL, "currency" varchar(3) NOT NULL, "amount_minor" bigint NOT NULL, "line" varchar(120) NOT NULL, "form_id" bigint NOT NULL REFERENCES "giving_donationform" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "giving_suggested_once" UNIQUE ("form_id", "frequency", "currency", "amount_minor"))
--
CREATE TABLE "backoffice_signintry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "account" varchar(22) NOT NULL, "network" varchar(22) NOT NULL, "succeeded" bool NOT NULL)
--
CREATE TABLE "payments_event" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(20) NOT NULL, "from_state" varchar(16) NOT NULL, "to_state" varchar(16) NOT NULL, "at" datetime NOT NULL, "amount_minor" bigint NULL, "fee_minor" bigint NULL, "code" varchar(60) NOT NULL, "attempt_id" char(32) NOT NULL REFERENCES "payments_attempt" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "payments_refundevent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(20) NOT NULL, "from_state" varchar(16) NOT NULL, "to_state" varchar(16) NOT NULL, "at" datetime NOT NULL, "code" varchar(60) NOT NULL, "refund_id" char(32) NOT NULL REFERENCES "payments_refund" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "payments_refund" ("id" char(32) NOT NULL PRIMARY KEY, "amount_minor" bigint NOT NULL, "currency" varchar(3) NOT NULL, "reason" varchar(200) NOT NULL, "state" varchar(16) NOT NULL, "gateway_id" varchar(120) NULL, "requested_by_id" bigint NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "look_at" datetime NULL, "looks" integer unsigned NOT NULL CHECK ("looks" >= 0), "attempt_id" char(32) NOT NULL REFERENCES "payments_attempt" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "payments_refund_positive" CHECK ("amount_minor" > 0))
--
CREATE TABLE "payments_attempt" ("id" char(32) NOT NULL PRIMARY KEY, "gift_id" char(32) NOT NULL, "ordinal" smallint unsigned NOT NULL CHECK ("ordinal" >= 0), "gateway" varchar(20) NOT NULL, "method" varchar(20) NOT NULL, "amount_minor" bigint NOT NULL, "currency" varchar(3) NOT NULL, "income_code" varchar(80) NOT NULL, "ledger_tag" varchar(60) NOT NULL, "state" varchar(16) NOT NULL, "gateway_id" varchar(120) NULL, "settled_minor" bigint NULL, "fee_minor" bigint NOT NULL, "decline_code" varchar(40) NOT NULL, "next_action" text NULL CHECK ((JSON_VALID("next_action") OR "next_action" IS NULL)), "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "look_at" datetime NULL, "looks" integer unsigned NOT NULL CHECK ("looks" >= 0), "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "account" varchar(120) NOT NULL, "order" text NULL CHECK ((JSON_VALID("order") OR "order" IS NULL)), CONSTRAINT "payments_attempt_ordinal" UNIQUE ("gift_id", "ordinal"), CONSTRAINT "payments_amount_positive" CHECK ("amount_minor" > 0))
--
CREATE TABLE "payments_balancecheck" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "gateway" varchar(20) NOT NULL, "account" varchar(120) NOT NULL, "currency" varchar(3) NOT NULL, "difference_minor" bigint NOT NULL, "sources" varchar(300) NOT NULL, "at" datetime NOT NULL, CONSTRAINT "payments_balance_once" UNIQUE ("gateway", "account", "currency"))
--
CREATE TABLE "payments_eventcursor" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "gateway" varchar(20) NOT NULL, "account" varchar(120) NOT NULL, "at" datetime NOT NULL, CONSTRAINT "payments_cursor_once" UNIQUE ("gateway", "account"))
--
CREATE TABLE "payments_disputeevent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(20) NOT NULL, "from_state" varchar(16) NOT NULL, "to_state" varchar(16) NOT NULL, "at" datetime NOT NULL, "fee_minor" bigint NOT NULL, "dispute_id" char(32) NOT NULL REFERENCES "payments_dispute" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "payments_payoutevent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(20) NOT NULL, "from_state" varchar(16) NOT NULL, "to_state" varchar(16) NOT NULL, "at" datetime NOT NULL, "payout_id" char(32) NOT NULL REFERENCES "payments_payout" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "payments_dispute" ("id" char(32) NOT NULL PRIMARY KEY, "gateway_id" varchar(120) NOT NULL, "amount_minor" bigint NOT NULL, "currency" varchar(3) NOT NULL, "reason" varchar(60) NOT NULL, "state" varchar(16) NOT NULL, "fee_minor" bigint NOT NULL, "respond_by" datetime NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "attempt_id" char(32) NOT NULL REFERENCES "payments_attempt" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "payments_dispute_positive" CHECK ("amount_minor" > 0), CONSTRAINT "payments_dispute_once" UNIQUE ("attempt_id", "gateway_id"))
--
CREATE TABLE "payments_payout" ("id" char(32) NOT NULL PRIMARY KEY, "gateway" varchar(20) NOT NULL, "account" varchar(120) NOT NULL, "gateway_id" varchar(120) NOT NULL, "amount_minor" bigint NOT NULL, "currency" varchar(3) NOT NULL, "state" varchar(16) NOT NULL, "arrives_on" date NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "reference" varchar(120) DEFAULT '' NOT NULL, CONSTRAINT "payments_payout_once" UNIQUE ("gateway", "account", "gateway_id"))
--
CREATE TABLE "payments_bankcredit" ("id" char(32) NOT NULL PRIMARY KEY, "received_on" date NOT NULL, "amount_minor" bigint NOT NULL, "currency" varchar(3) NOT NULL, "text" varchar(500) NOT NULL, "entered_by_id" bigint NULL, "created_at" datetime NOT NULL, "matched_at" datetime NULL, "attempt_id" char(32) NULL UNIQUE REFERENCES "payments_attempt" ("id") DEFERRABLE INITIALLY DEFERRED, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "sent_back_at" datetime NULL, "withdrawn_at" datetime NULL, "payout_id" char(32) NULL UNIQUE REFERENCES "payments_payout" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "payments_credit_positive" CHECK ("amount_minor" > 0), CONSTRAINT "payments_credit_matched_at" CHECK ((("attempt_id" IS NULL AND "matched_at" IS NULL AND "payout_id" IS NULL) OR ("attempt_id" IS NOT NULL AND "matched_at" >= ("created_at") AND "payout_id" IS NULL) OR ("attempt_id" IS NULL AND "matched_at" >= ("created_at") AND "payout_id" IS NOT NULL))), CONSTRAINT "payments_credit_left_once" CHECK (("matched_at" IS NULL OR ("sent_back_at" IS NULL AND "withdrawn_at" IS NULL))))
--
CREATE TABLE "payments_disputereply" ("id" char(32) NOT NULL PRIMARY KEY, "kind" varchar(8) NOT NULL, "state" varchar(7) NOT NULL, "text" text NOT NULL, "asked_by_id" bigint NOT NULL, "asked_by_name" varchar(150) NOT NULL, "created_at" datetime NOT NULL, "ended_at" datetime NULL, "dispute_id" char(32) NOT NULL REFERENCES "payments_dispute" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "payments_disputefile" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(120) NOT NULL, "content_type" varchar(40) NOT NULL, "content" BLOB NULL, "reply_id" char(32) NOT NULL REFERENCES "payments_disputereply" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "payments_inboxmessage" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "gateway" varchar(20) NOT NULL, "account" varchar(120) NOT NULL, "event_id" varchar(120) NOT NULL, "event_type" varchar(80) NOT NULL, "object_id" varchar(120) NOT NULL, "received_at" datetime NOT NULL, "body" BLOB NULL, "state" varchar(10) NOT NULL, "about" varchar(10) NOT NULL, "missed" bool DEFAULT 0 NOT NULL, CONSTRAINT "payments_inbox_once" UNIQUE ("gateway", "account", "event_id"))
--
CREATE TABLE "banking_statement" ("id" char(32) NOT NULL PRIMARY KEY, "file_name" varchar(200) NOT NULL, "content" BLOB NULL, "state" varchar(10) NOT NULL, "imported_by_id" bigint NOT NULL, "imported_by_name" varchar(150) NOT NULL, "created_at" datetime NOT NULL, "asked_at" datetime NULL, "finished_at" datetime NULL, "known" integer unsigned NOT NULL CHECK ("known" >= 0), "pending" integer unsigned NOT NULL CHECK ("pending" >= 0), "left_out_count" integer unsigned NOT NULL CHECK ("left_out_count" >= 0), "left_out" text NOT NULL CHECK ((JSON_VALID("left_out") OR "left_out" IS NULL)), "account_id" bigint NOT NULL REFERENCES "banking_bankaccount" ("id") DEFERRABLE INITIALLY DEFERRED, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "banking_bankaccount" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(80) NOT NULL, "currency" varchar(3) NOT NULL, "number" varchar(40) NOT NULL, "columns" text NOT NULL CHECK ((JSON_VALID("columns") OR "columns" IS NULL)), "created_at" datetime NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "banking_account_once" UNIQUE ("charity_id", "name"))
--
CREATE TABLE "banking_statementline" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" integer unsigned NOT NULL CHECK ("number" >= 0), "booked_on" date NOT NULL, "amount_minor" bigint NOT NULL, "fingerprint" varchar(64) NOT NULL, "outcome" varchar(10) NOT NULL, "note" varchar(200) NOT NULL, "account_id" bigint NOT NULL REFERENCES "banking_bankaccount" ("id") DEFERRABLE INITIALLY DEFERRED, "credit_id" char(32) NULL UNIQUE REFERENCES "payments_bankcredit" ("id") DEFERRABLE INITIALLY DEFERRED, "statement_id" char(32) NOT NULL REFERENCES "banking_statement" ("id") DEFERRABLE INITIALLY DEFERRED, "payout_id" char(32) NULL UNIQUE REFERENCES "payments_payout" ("id") DEFERRABLE INITIALLY DEFERRED, "text" text NOT NULL)
--
CREATE TABLE "charities_phrase" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "language" varchar(10) NOT NULL, "own" text NOT NULL, "text" text NOT NULL, "by_id" bigint NOT NULL, "by_name" varchar(150) NOT NULL, "at" datetime NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "charities_phrase_of_something" CHECK ((NOT ("own" = '') AND NOT ("language" = ''))))
--
CREATE TABLE "consents_withdrawal" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "by" varchar(8) NOT NULL, "why" varchar(300) NOT NULL, "recorded_by" varchar(150) NOT NULL, "at" datetime NOT NULL, "consent_id" bigint NOT NULL UNIQUE REFERENCES "consents_consent" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "consents_consent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "portrayal" varchar(12) NOT NULL, "pseudonym" varchar(60) NOT NULL, "named" varchar(8) NOT NULL, "identifiable" bool NOT NULL, "minor" bool NOT NULL, "guardian" bool NOT NULL, "taken_by" varchar(120) NOT NULL, "taken_on" date NOT NULL, "language" varchar(35) NOT NULL, "form_hash" varchar(64) NOT NULL, "channels" text NOT NULL CHECK ((JSON_VALID("channels") OR "channels" IS NULL)), "countries" text NOT NULL CHECK ((JSON_VALID("countries") OR "countries" IS NULL)), "fundraising" bool NOT NULL, "expires_on" date NULL, "embargoed" bool NOT NULL, "embargo_until" date NULL, "embargo_reason" varchar(300) NOT NULL, "entered_at" datetime NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "owner_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "consents_person_agreed_in_writing" CHECK (("portrayal" IN ('illustrative', 'nobody') OR ("expires_on" IS NOT NULL AND NOT ("form_hash" = '') AND NOT ("language" = '')))), CONSTRAINT "consents_minor_is_guarded" CHECK ((NOT "minor" OR ("guardian" AND NOT ("named" = 'own')))), CONSTRAINT "consents_changed_name_is_given" CHECK ((NOT ("named" = 'changed') OR NOT ("pseudonym" = ''))), CONSTRAINT "consents_embargo_has_a_reason" CHECK ((NOT "embargoed" OR NOT ("embargo_reason" = ''))))
--
CREATE TABLE "consents_covered" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(8) NOT NULL, "digest" varchar(64) NOT NULL, "words" text NOT NULL, "added_at" datetime NOT NULL, "consent_id" bigint NOT NULL REFERENCES "consents_consent" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "consents_covered_once" UNIQUE ("consent_id", "kind", "digest"))
--
CREATE TABLE "consents_externaluse" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(8) NOT NULL, "where" varchar(300) NOT NULL, "used_on" date NOT NULL, "entered_by" varchar(150) NOT NULL, "entered_at" datetime NOT NULL, "ended_by" varchar(150) NOT NULL, "ended_at" datetime NULL, "consent_id" bigint NOT NULL REFERENCES "consents_consent" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "consents_use_ended_by_somebody" CHECK ((("ended_at" IS NULL AND "ended_by" = '') OR ("ended_at" IS NOT NULL AND NOT ("ended_by" = '')))))
--
CREATE TABLE "crm_place" ("table" varchar(60) NOT NULL PRIMARY KEY, "after" bigint NOT NULL)
--
CREATE TABLE "crm_fundunit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "unit_id" varchar(18) NOT NULL, "fund_id" bigint NOT NULL UNIQUE REFERENCES "charities_fund" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "crm_link" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "active" bool NOT NULL, "since" date NOT NULL, "record_type_id" varchar(18) NOT NULL, "stage_paid" varchar(40) NOT NULL, "stage_lost" varchar(40) NOT NULL, "multi_currency" bool NOT NULL, "paused_until" datetime NULL, "paused_code" varchar(60) NOT NULL, "charity_id" bigint NOT NULL UNIQUE REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "crm_person" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(80) NOT NULL UNIQUE, "corrected" integer unsigned NOT NULL CHECK ("corrected" >= 0), "sent_corrected" integer unsigned NULL CHECK ("sent_corrected" >= 0), "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "crm_appealcampaign" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "appeal" varchar(60) NOT NULL, "campaign_id" varchar(18) NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "crm_appeal_once" UNIQUE ("charity_id", "appeal"))
--
CREATE TABLE "crm_mirror" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(4) NOT NULL, "object_id" char(32) NOT NULL UNIQUE, "state" varchar(8) NOT NULL, "wanted" integer unsigned NOT NULL CHECK ("wanted" >= 0), "tries" smallint unsigned NOT NULL CHECK ("tries" >= 0), "code" varchar(60) NOT NULL, "about" varchar(60) NOT NULL, "fields" text NOT NULL CHECK ((JSON_VALID("fields") OR "fields" IS NULL)), "said" varchar(300) NOT NULL, "asked_at" datetime NOT NULL, "sent_at" datetime NULL, "salesforce_id" varchar(18) NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "crm_mirror_state" CHECK ("state" IN ('waiting', 'sent', 'held', 'left_out')), CONSTRAINT "crm_mirror_sent_at" CHECK ((NOT ("state" = 'sent') OR "sent_at" IS NOT NULL)), CONSTRAINT "crm_mirror_held_why" CHECK ((NOT ("state" = 'held') OR NOT ("code" = ''))))
--
CREATE TABLE "plans_planevent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(20) NOT NULL, "from_state" varchar(10) NOT NULL, "to_state" varchar(10) NOT NULL, "at" datetime NOT NULL, "by" varchar(8) NOT NULL, "actor_id" bigint NULL, "detail" text NOT NULL CHECK ((JSON_VALID("detail") OR "detail" IS NULL)), "plan_id" char(32) NOT NULL REFERENCES "plans_plan" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "plans_chargerun" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "gateway" varchar(20) NOT NULL, "total_count" integer unsigned NOT NULL CHECK ("total_count" >= 0), "left_count" integer unsigned NOT NULL CHECK ("left_count" >= 0), "started_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "ended_at" datetime NULL)
--
CREATE TABLE "plans_gatewaypause" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "gateway" varchar(20) NOT NULL UNIQUE, "until" datetime NOT NULL, "after_restore" bool NOT NULL)
--
CREATE TABLE "plans_foundcharge" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "gateway" varchar(20) NOT NULL, "key" varchar(120) NOT NULL, "gateway_id" varchar(120) NOT NULL, CONSTRAINT "plans_found_once" UNIQUE ("gateway", "key"))
--
CREATE TABLE "plans_withdrawal" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "attempt_id" char(32) NOT NULL, "news" varchar(20) NOT NULL, "asked_at" datetime NOT NULL, "done_at" datetime NULL, "stopped" bool NULL, "event_id" bigint NOT NULL REFERENCES "plans_planevent" ("id") DEFERRABLE INITIALLY DEFERRED, "period_id" char(32) NOT NULL REFERENCES "plans_period" ("id") DEFERRABLE INITIALLY DEFERRED, "plan_id" char(32) NOT NULL REFERENCES "plans_plan" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "plans_withdrawal_decided" CHECK ((("done_at" IS NULL AND "stopped" IS NULL) OR ("done_at" IS NOT NULL AND "stopped" IS NOT NULL))))
--
CREATE TABLE "plans_period" ("id" char(32) NOT NULL PRIMARY KEY, "on" date NOT NULL, "state" varchar(10) NOT NULL, "gift_id" char(32) NULL UNIQUE, "tries" smallint unsigned NOT NULL CHECK ("tries" >= 0), "notice_sent_at" datetime NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "plan_id" char(32) NOT NULL REFERENCES "plans_plan" ("id") DEFERRABLE INITIALLY DEFERRED, "charged_at" datetime NULL, "wake_at" datetime NULL, "debit_on" date NULL, "number" integer NOT NULL, CONSTRAINT "plans_period_once" UNIQUE ("plan_id", "on"), CONSTRAINT "plans_charged_period_has_gift" CHECK (("state" IN ('due', 'skipped') OR "gift_id" IS NOT NULL)))
--
CREATE TABLE "plans_planalias" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "origin" varchar(160) NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "plan_id" char(32) NOT NULL REFERENCES "plans_plan" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "plans_alias_once" UNIQUE ("charity_id", "origin"))
--
CREATE TABLE "impact_result" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(1) NOT NULL, "title" varchar(160) NOT NULL, "description" text NOT NULL, "ordinal" smallint unsigned NOT NULL CHECK ("ordinal" >= 0), "programme_id" bigint NOT NULL REFERENCES "impact_programme" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "impact_verification" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "accepted" bool NOT NULL, "role" varchar(80) NOT NULL, "note" varchar(500) NOT NULL, "by_id" bigint NOT NULL, "by_name" varchar(150) NOT NULL, "at" datetime NOT NULL, "observation_id" char(32) NOT NULL UNIQUE REFERENCES "impact_observation" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "impact_partner" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL, "kind" varchar(2) NOT NULL, "website" varchar(200) NOT NULL, "iati_identifier" varchar(100) NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "impact_partner_once" UNIQUE ("charity_id", "name"))
--
CREATE TABLE "impact_programme" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "slug" varchar(60) NOT NULL, "title" varchar(160) NOT NULL, "summary" text NOT NULL, "country" varchar(2) NOT NULL, "sector" varchar(5) NOT NULL, "starts_on" date NOT NULL, "ends_on" date NULL, "public" bool NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "impact_programme_once" UNIQUE ("charity_id", "slug"), CONSTRAINT "impact_programme_ends_after" CHECK (("ends_on" IS NULL OR "ends_on" >= ("starts_on"))))
--
CREATE TABLE "impact_partnership" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "role" varchar(1) NOT NULL, "partner_id" bigint NOT NULL REFERENCES "impact_partner" ("id") DEFERRABLE INITIALLY DEFERRED, "programme_id" bigint NOT NULL REFERENCES "impact_programme" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "impact_partnership_once" UNIQUE ("programme_id", "partner_id", "role"))
--
CREATE TABLE "impact_observation" ("id" char(32) NOT NULL PRIMARY KEY, "first" date NOT NULL, "last" date NOT NULL, "as_of" date NOT NULL, "value" decimal NOT NULL, "bound" varchar(10) NOT NULL, "dimension" varchar(40) NOT NULL, "category" varchar(60) NOT NULL, "place" varchar(80) NOT NULL, "method" varchar(500) NOT NULL, "reason" varchar(500) NOT NULL, "entered_by_id" bigint NOT NULL, "entered_by_name" varchar(150) NOT NULL, "entered_at" datetime NOT NULL, "indicator_id" bigint NOT NULL REFERENCES "impact_indicator" ("id") DEFERRABLE INITIALLY DEFERRED, "source_id" bigint NOT NULL REFERENCES "impact_source" ("id") DEFERRABLE INITIALLY DEFERRED, "supersedes_id" char(32) NULL UNIQUE REFERENCES "impact_observation" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "impact_observation_no_negative" CHECK ("value" >= '0'), CONSTRAINT "impact_observation_time" CHECK (("last" >= ("first") AND "as_of" >= ("first"))), CONSTRAINT "impact_observation_cell" CHECK ((("category" = '' AND "dimension" = '') OR (NOT ("dimension" = '') AND NOT ("category" = '')))), CONSTRAINT "impact_observation_reason" CHECK (("supersedes_id" IS NULL OR NOT ("reason" = ''))))
--
CREATE TABLE "impact_target" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "first" date NOT NULL, "last" date NOT NULL, "value" decimal NOT NULL, "indicator_id" bigint NOT NULL REFERENCES "impact_indicator" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "impact_target_once" UNIQUE ("indicator_id", "first", "last"), CONSTRAINT "impact_target_time" CHECK ("last" >= ("first")))
--
CREATE TABLE "impact_indicator" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "slug" varchar(60) NOT NULL, "title" varchar(160) NOT NULL, "measure" varchar(10) NOT NULL, "nouns" varchar(300) NOT NULL, "rule" text NOT NULL, "cumulative" bool NOT NULL, "since" date NULL, "more_is_better" bool NOT NULL, "baseline_value" decimal NULL, "baseline_on" date NULL, "at_risk" bool NOT NULL, "ordinal" smallint unsigned NOT NULL CHECK ("ordinal" >= 0), "result_id" bigint NOT NULL REFERENCES "impact_result" ("id") DEFERRABLE INITIALLY DEFERRED, "every_months" smallint unsigned DEFAULT 1 NOT NULL CHECK ("every_months" >= 0), CONSTRAINT "impact_indicator_once" UNIQUE ("result_id", "slug"))
--
CREATE TABLE "impact_dimension" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(40) NOT NULL, "categories" text NOT NULL CHECK ((JSON_VALID("categories") OR "categories" IS NULL)), "adds_up" bool NOT NULL, "ordinal" smallint unsigned NOT NULL CHECK ("ordinal" >= 0), "indicator_id" bigint NOT NULL REFERENCES "impact_indicator" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "impact_dimension_once" UNIQUE ("indicator_id", "name"))
--
CREATE TABLE "impact_figurefile" ("id" char(32) NOT NULL PRIMARY KEY, "file_name" varchar(200) NOT NULL, "content" BLOB NULL, "state" varchar(10) NOT NULL, "by_id" bigint NOT NULL, "by_name" varchar(150) NOT NULL, "created_at" datetime NOT NULL, "finished_at" datetime NULL, "rows" integer unsigned NOT NULL CHECK ("rows" >= 0), "done" integer unsigned NOT NULL CHECK ("done" >= 0), "entered" integer unsigned NOT NULL CHECK ("entered" >= 0), "known" integer unsigned NOT NULL CHECK ("known" >= 0), "refused" integer unsigned NOT NULL CHECK ("refused" >= 0), "report" text NOT NULL CHECK ((JSON_VALID("report") OR "report" IS NULL)), "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "impact_programme_funds" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "programme_id" bigint NOT NULL REFERENCES "impact_programme" ("id") DEFERRABLE INITIALLY DEFERRED, "fund_id" bigint NOT NULL REFERENCES "charities_fund" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "impact_releaseapproval" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "by_id" bigint NOT NULL, "by_name" varchar(150) NOT NULL, "at" datetime NOT NULL, "release_id" bigint NOT NULL UNIQUE REFERENCES "impact_release" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "donors_askhit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "email" varchar(22) NOT NULL, "network" varchar(22) NOT NULL)
--
CREATE TABLE "donors_planmail" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(120) NOT NULL UNIQUE, "kind" varchar(14) NOT NULL, "period_id" char(32) NULL, "gift_id" char(32) NULL, "facts" text NOT NULL CHECK ((JSON_VALID("facts") OR "facts" IS NULL)), "state" varchar(10) NOT NULL, "reason" varchar(40) NOT NULL, "message_id" varchar(200) NOT NULL, "provider_id" varchar(200) NOT NULL, "created_at" datetime NOT NULL, "sent_at" datetime NULL, "outcome_at" datetime NULL, "plan_id" char(32) NOT NULL REFERENCES "plans_plan" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "donors_sent_has_a_time" CHECK ((NOT ("state" = 'sent') OR "sent_at" IS NOT NULL)))
--
CREATE TABLE "donors_visit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "token" varchar(64) NOT NULL UNIQUE, "token_before" varchar(64) NOT NULL, "began_at" datetime NOT NULL, "seen_at" datetime NOT NULL, "replaced_at" datetime NOT NULL, "ended_at" datetime NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "supporter_id" bigint NOT NULL REFERENCES "supporters_supporter" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "donors_linkrequest" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(22) NOT NULL UNIQUE, "browser" varchar(64) NOT NULL, "host" varchar(253) NOT NULL, "language" varchar(10) NOT NULL, "asked_at" datetime NOT NULL, "ends_at" datetime NULL, "used_at" datetime NULL, "wrong_codes" smallint unsigned NOT NULL CHECK ("wrong_codes" >= 0), "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "supporter_id" bigint NULL REFERENCES "supporters_supporter" ("id") DEFERRABLE INITIALLY DEFERRED, "onward" varchar(20) NOT NULL)
--
CREATE TABLE "donors_yearlymessage" ("charity_id" bigint NOT NULL PRIMARY KEY REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "on" bool NOT NULL, "month" smallint unsigned NOT NULL CHECK ("month" >= 0), "day" smallint unsigned NOT NULL CHECK ("day" >= 0), "since" datetime NOT NULL, CONSTRAINT "donors_yearly_day" CHECK (("day" >= 1 AND "day" <= 28 AND "month" >= 1 AND "month" <= 12)))
--
CREATE TABLE "donors_reachedmail" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(80) NOT NULL UNIQUE, "public_key" varchar(22) NOT NULL UNIQUE, "kind" varchar(10) NOT NULL, "year" smallint unsigned NULL CHECK ("year" >= 0), "said" text NOT NULL CHECK ((JSON_VALID("said") OR "said" IS NULL)), "state" varchar(10) NOT NULL, "reason" varchar(40) NOT NULL, "message_id" varchar(200) NOT NULL, "provider_id" varchar(200) NOT NULL, "created_at" datetime NOT NULL, "sent_at" datetime NULL, "outcome_at" datetime NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "contact_id" bigint NOT NULL REFERENCES "supporters_contact" ("id") DEFERRABLE INITIALLY DEFERRED, "correction_id" char(32) NULL REFERENCES "impact_observation" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "donors_reached_has_its_occasion" CHECK ((("correction_id" IS NULL AND "kind" = 'yearly' AND "year" IS NOT NULL) OR ("correction_id" IS NOT NULL AND "kind" = 'correction' AND "year" IS NULL))), CONSTRAINT "donors_reached_sent_has_a_time" CHECK ((NOT ("state" = 'sent') OR "sent_at" IS NOT NULL)))
--
CREATE TABLE "donors_told" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "where" varchar(10) NOT NULL, "language" varchar(10) NOT NULL, "number" varchar(120) NOT NULL, "words" varchar(500) NOT NULL, "at" datetime NOT NULL, "contact_id" bigint NOT NULL REFERENCES "supporters_contact" ("id") DEFERRABLE INITIALLY DEFERRED, "mail_id" bigint NOT NULL REFERENCES "donors_reachedmail" ("id") DEFERRABLE INITIALLY DEFERRED, "observation_id" char(32) NOT NULL REFERENCES "impact_observation" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "donors_told_once" UNIQUE ("mail_id", "observation_id"))
--
CREATE TABLE "donors_methodsetup" ("id" char(32) NOT NULL PRIMARY KEY, "gateway" varchar(20) NOT NULL, "account" varchar(64) NOT NULL, "method" varchar(40) NOT NULL, "state" varchar(10) NOT NULL, "gateway_id" varchar(255) NOT NULL, "created_at" datetime NOT NULL, "look_at" datetime NULL, "ended_at" datetime NULL, "plan_id" char(32) NOT NULL REFERENCES "plans_plan" ("id") DEFERRABLE INITIALLY DEFERRED, "token_mark" varchar(30) NULL, "token" varchar(400) NOT NULL, CONSTRAINT "donors_set_up_has_its_object" CHECK (("state" IN ('new', 'left') OR NOT ("gateway_id" = ''))), CONSTRAINT "donors_set_up_is_looked_at_or_over" CHECK ((("ended_at" IS NULL AND "look_at" IS NOT NULL AND "state" IN ('new', 'open')) OR ("ended_at" IS NOT NULL AND "look_at" IS NULL AND "state" IN ('done', 'failed', 'left', 'overtaken')))), CONSTRAINT "donors_set_up_kept_if_done" CHECK (("state" = 'done' OR "token" = '')))
--
CREATE TABLE "giving_batchline" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "channel" varchar(10) NOT NULL, "amount_minor" bigint NOT NULL, "given_on" date NOT NULL, "given_name" varchar(100) NOT NULL, "family_name" varchar(100) NOT NULL, "organisation" varchar(200) NOT NULL, "email" varchar(254) NOT NULL, "note" varchar(200) NOT NULL, "fund_id" bigint NOT NULL REFERENCES "charities_fund" ("id") DEFERRABLE INITIALLY DEFERRED, "batch_id" bigint NOT NULL REFERENCES "giving_giftbatch" ("id") DEFERRABLE INITIALLY DEFERRED, "benefit" varchar(200) NOT NULL, "benefit_minor" bigint NULL, "key" char(32) NULL UNIQUE, "address" text NULL CHECK ((JSON_VALID("address") OR "address" IS NULL)), CONSTRAINT "giving_line_benefit_whole" CHECK ((("benefit_minor" > 0 AND "benefit_minor" IS NOT NULL AND NOT ("benefit" = '')) OR ("benefit" = '' AND ("benefit_minor" IS NULL OR "benefit_minor" = 0)))), CONSTRAINT "giving_line_event_says_benefit" CHECK ((NOT ("channel" = 'event') OR "benefit_minor" IS NOT NULL)))
--
CREATE TABLE "giving_formcurrency" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "currency" varchar(3) NOT NULL, "minimum_minor" bigint NOT NULL, "maximum_minor" bigint NOT NULL, "cover_fixed_minor" integer unsigned NOT NULL CHECK ("cover_fixed_minor" >= 0), "form_id" bigint NOT NULL REFERENCES "giving_donationform" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "giving_form_currency_once" UNIQUE ("form_id", "currency"), CONSTRAINT "giving_currency_range" CHECK (("minimum_minor" >= 1 AND "minimum_minor" <= ("maximum_minor"))))
--
CREATE TABLE "giving_gift" ("id" char(32) NOT NULL PRIMARY KEY, "reference" varchar(10) NOT NULL UNIQUE, "public_key" varchar(22) NOT NULL UNIQUE, "amount_minor" bigint NOT NULL, "cover_minor" bigint NOT NULL, "total_minor" bigint NOT NULL, "currency" varchar(3) NOT NULL, "frequency" varchar(10) NOT NULL, "status" varchar(12) NOT NULL, "settled_minor" bigint NULL, "refunded_minor" bigint NOT NULL, "flag" varchar(20) NOT NULL, "content_digest" varchar(64) NOT NULL, "tribute_kind" varchar(10) NOT NULL, "tribute_name" varchar(120) NOT NULL, "message" text NOT NULL, "anonymous" bool NOT NULL, "language" varchar(10) NOT NULL, "channel" varchar(10) NOT NULL, "given_at" datetime NOT NULL, "settled_at" datetime NULL, "entered_by_id" bigint NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "contact_id" bigint NOT NULL UNIQUE REFERENCES "supporters_contact" ("id") DEFERRABLE INITIALLY DEFERRED, "form_id" bigint NULL REFERENCES "giving_donationform" ("id") DEFERRABLE INITIALLY DEFERRED, "fund_id" bigint NOT NULL REFERENCES "charities_fund" ("id") DEFERRABLE INITIALLY DEFERRED, "batch_id" bigint NULL REFERENCES "giving_giftbatch" ("id") DEFERRABLE INITIALLY DEFERRED, "benefit" varchar(200) NOT NULL, "benefit_minor" bigint NULL, "period_on" date NULL, "plan_id" char(32) NULL REFERENCES "plans_plan" ("id") DEFERRABLE INITIALLY DEFERRED, "plan_origin" varchar(160) NULL, CONSTRAINT "giving_amount_positive" CHECK ("amount_minor" > 0), CONSTRAINT "giving_total_is_sum" CHECK ("total_minor" = ("amount_minor" + "cover_minor")), CONSTRAINT "giving_cover_not_negative" CHECK ("cover_minor" >= 0), CONSTRAINT "giving_refund_within_gift" CHECK (("refunded_minor" >= 0 AND ("settled_minor" IS NULL OR "refunded_minor" <= ("settled_minor")))), CONSTRAINT "giving_benefit_whole" CHECK ((("benefit_minor" > 0 AND "benefit_minor" IS NOT NULL AND NOT ("benefit" = '')) OR ("benefit" = '' AND ("benefit_minor" IS NULL OR "benefit_minor" = 0)))), CONSTRAINT "giving_event_says_benefit" CHECK ((NOT ("channel" = 'event') OR "benefit_minor" IS NOT NULL)), CONSTRAINT "giving_one_gift_a_period" UNIQUE ("plan_id", "period_on"), CONSTRAINT "giving_plan_has_period" CHECK ((("period_on" IS NULL AND "plan_id" IS NULL) OR ("period_on" IS NOT NULL AND "plan_id" IS NOT NULL))))
--
CREATE TABLE "giving_donationform" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "slug" varchar(50) NOT NULL, "title" varchar(120) NOT NULL, "intro" text NOT NULL, "active" bool NOT NULL, "currencies" varchar(60) NOT NULL, "minimum_minor" bigint NOT NULL, "maximum_minor" bigint NOT NULL, "ask_address" varchar(10) NOT NULL, "ask_phone" varchar(10) NOT NULL, "ask_tribute" bool NOT NULL, "ask_message" bool NOT NULL, "ask_anonymous" bool NOT NULL, "offer_cover" bool NOT NULL, "cover_percent_hundredths" integer unsigned NOT NULL CHECK ("cover_percent_hundredths" >= 0), "cover_fixed_minor" integer unsigned NOT NULL CHECK ("cover_fixed_minor" >= 0), "methods" text NOT NULL CHECK ((JSON_VALID("methods") OR "methods" IS NULL)), "thanks_text" text NOT NULL, "goal_minor" bigint NULL, "colour_primary" varchar(7) NOT NULL, "colour_accent" varchar(7) NOT NULL, "logo_svg" text NOT NULL, "updated_at" datetime NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "frequencies" varchar(40) NOT NULL, "offer_wallets" bool NOT NULL, "frame_sites" text NOT NULL, CONSTRAINT "giving_form_slug" UNIQUE ("charity_id", "slug"), CONSTRAINT "giving_form_range" CHECK ("minimum_minor" <= ("maximum_minor")))
--
CREATE TABLE "giving_giftsource" ("gift_id" char(32) NOT NULL PRIMARY KEY REFERENCES "giving_gift" ("id") DEFERRABLE INITIALLY DEFERRED, "story_id" bigint NULL, "story_title" varchar(200) NOT NULL, "appeal" varchar(60) NOT NULL, "utm_source" varchar(100) NOT NULL, "utm_medium" varchar(100) NOT NULL, "utm_campaign" varchar(100) NOT NULL, "utm_content" varchar(100) NOT NULL, "utm_term" varchar(100) NOT NULL, "referrer_host" varchar(253) NOT NULL, "page_url" varchar(300) NOT NULL)
--
CREATE TABLE "giving_limithit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "attempt_id" char(32) NOT NULL UNIQUE, "at" datetime NOT NULL, "address" varchar(22) NOT NULL, "email" varchar(22) NOT NULL, "declined" bool NOT NULL, "form_id" bigint NOT NULL REFERENCES "giving_donationform" ("id") DEFERRABLE INITIALLY DEFERRED, "course" varchar(6) DEFAULT '' NOT NULL, "small" bool DEFAULT 0 NOT NULL)
--
CREATE TABLE "giving_attack" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "began_at" datetime NOT NULL, "begun_by" varchar(150) NOT NULL, "sign" varchar(10) NOT NULL, "seen" text NOT NULL CHECK ((JSON_VALID("seen") OR "seen" IS NULL)), "seen_at" datetime NOT NULL, "ended_at" datetime NULL, "ended_by" varchar(150) NOT NULL, "quiet_until" datetime NULL, "form_id" bigint NOT NULL REFERENCES "giving_donationform" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "impact_claim" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "origin" varchar(10) NOT NULL, "carrier" varchar(10) NOT NULL, "carrier_id" varchar(40) NOT NULL, "carrier_title" varchar(255) NOT NULL, "number" varchar(120) NOT NULL, "wording" varchar(1000) NOT NULL, "key" varchar(64) NOT NULL, "expires_on" date NULL, "state" varchar(12) NOT NULL, "told_of" varchar(60) NOT NULL, "meant_for" varchar(60) NOT NULL, "meant_reason" varchar(300) NOT NULL, "meant_by_name" varchar(150) NOT NULL, "made_at" datetime NOT NULL, "looked_at" datetime NOT NULL, "ended_at" datetime NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "indicator_id" bigint NOT NULL REFERENCES "impact_indicator" ("id") DEFERRABLE INITIALLY DEFERRED, "observation_id" char(32) NULL REFERENCES "impact_observation" ("id") DEFERRABLE INITIALLY DEFERRED, "owner_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "language" varchar(10) DEFAULT 'en' NOT NULL, CONSTRAINT "impact_claim_once" UNIQUE ("charity_id", "key"))
--
CREATE TABLE "impact_disclosure" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "shown" bool NOT NULL, "at" datetime NOT NULL, "observation_id" char(32) NOT NULL UNIQUE REFERENCES "impact_observation" ("id") DEFERRABLE INITIALLY DEFERRED, "why" varchar(10) DEFAULT '' NOT NULL)
--
CREATE TABLE "impact_publisher" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "iati_identifier" varchar(100) NOT NULL, "kind" varchar(2) NOT NULL, "charity_id" bigint NOT NULL UNIQUE REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "name" varchar(200) DEFAULT '' NOT NULL)
--
CREATE TABLE "impact_release" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "reason" varchar(500) NOT NULL, "by_id" bigint NOT NULL, "by_name" varchar(150) NOT NULL, "at" datetime NOT NULL, "observation_id" char(32) NOT NULL REFERENCES "impact_observation" ("id") DEFERRABLE INITIALLY DEFERRED, "attempt" smallint unsigned DEFAULT 1 NOT NULL CHECK ("attempt" >= 0), CONSTRAINT "impact_release_once" UNIQUE ("observation_id", "attempt"))
--
CREATE TABLE "impact_releaseend" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "reason" varchar(500) NOT NULL, "by_id" bigint NOT NULL, "by_name" varchar(150) NOT NULL, "at" datetime NOT NULL, "release_id" bigint NOT NULL UNIQUE REFERENCES "impact_release" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "impact_replacement" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "new_id" char(32) NOT NULL UNIQUE REFERENCES "impact_observation" ("id") DEFERRABLE INITIALLY DEFERRED, "old_id" char(32) NOT NULL UNIQUE REFERENCES "impact_observation" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "impact_translation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "language" varchar(10) NOT NULL, "title" varchar(160) NOT NULL, "text" text NOT NULL, "nouns" varchar(300) NOT NULL, "indicator_id" bigint NULL REFERENCES "impact_indicator" ("id") DEFERRABLE INITIALLY DEFERRED, "programme_id" bigint NOT NULL REFERENCES "impact_programme" ("id") DEFERRABLE INITIALLY DEFERRED, "result_id" bigint NULL REFERENCES "impact_result" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "impact_translation_of_one" CHECK (("result_id" IS NULL OR "indicator_id" IS NULL)))
--
CREATE TABLE "impact_wording" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "language" varchar(10) NOT NULL, "own" varchar(500) NOT NULL, "text" varchar(800) NOT NULL, "by_id" bigint NOT NULL, "by_name" varchar(150) NOT NULL, "at" datetime NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "impact_wording_of_something" CHECK ((NOT ("own" = '') AND NOT ("language" = ''))))
--
CREATE TABLE "impact_source" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(200) NOT NULL, "publisher" varchar(160) NOT NULL, "dated" date NOT NULL, "url" varchar(500) NOT NULL, "file_name" varchar(200) NOT NULL, "file_sha256" varchar(64) NOT NULL, "access" varchar(10) NOT NULL, "created_at" datetime NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "kept_at" varchar(200) DEFAULT '' NOT NULL)
--
CREATE TABLE "ledger_account" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "code" varchar(80) NOT NULL, "currency" varchar(3) NOT NULL, "kind" varchar(10) NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "ledger_account_once" UNIQUE ("charity_id", "code", "currency"))
--
CREATE TABLE "ledger_posting" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "amount_minor" bigint NOT NULL, "currency" varchar(3) NOT NULL, "source" varchar(20) NOT NULL, "source_id" varchar(64) NOT NULL, "kind" varchar(40) NOT NULL, "tag" varchar(60) NOT NULL, "at" datetime NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "credit_id" bigint NOT NULL REFERENCES "ledger_account" ("id") DEFERRABLE INITIALLY DEFERRED, "debit_id" bigint NOT NULL REFERENCES "ledger_account" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "ledger_posting_once" UNIQUE ("source", "source_id", "kind"), CONSTRAINT "ledger_posting_positive" CHECK ("amount_minor" > 0), CONSTRAINT "ledger_posting_two_accounts" CHECK (NOT ("debit_id" = ("credit_id"))))
--
CREATE TABLE "ledger_closing" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "until" date NOT NULL, "zone" varchar(64) NOT NULL, "balances" text NOT NULL CHECK ((JSON_VALID("balances") OR "balances" IS NULL)), "closed_at" datetime NOT NULL, "closed_by_id" bigint NOT NULL, "closed_by_name" varchar(150) NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "ledger_closed_once" UNIQUE ("charity_id", "until"))
--
CREATE TABLE "ledger_dayproved" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL, "verdict" varchar(10) NOT NULL, "held" integer unsigned NOT NULL CHECK ("held" >= 0), "broken" integer unsigned NOT NULL CHECK ("broken" >= 0), "not_asked" integer unsigned NOT NULL CHECK ("not_asked" >= 0), "findings" text NOT NULL CHECK ((JSON_VALID("findings") OR "findings" IS NULL)), "at" datetime NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "since" datetime NULL, CONSTRAINT "ledger_proved_once" UNIQUE ("charity_id", "day"))
--
CREATE TABLE "otp_totp_totpdevice" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(64) NOT NULL, "confirmed" bool NOT NULL, "key" varchar(80) NOT NULL, "step" smallint unsigned NOT NULL CHECK ("step" >= 0), "t0" bigint NOT NULL, "digits" smallint unsigned NOT NULL CHECK ("digits" >= 0), "tolerance" smallint unsigned NOT NULL CHECK ("tolerance" >= 0), "drift" smallint NOT NULL, "last_t" bigint NOT NULL, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "throttling_failure_count" integer unsigned NOT NULL CHECK ("throttling_failure_count" >= 0), "throttling_failure_timestamp" datetime NULL, "created_at" datetime NULL, "last_used_at" datetime NULL)
--
CREATE TABLE "outbox_periodic" ("name" varchar(60) NOT NULL PRIMARY KEY, "next_at" datetime NOT NULL, "lease_until" datetime NULL, "lease_owner" varchar(100) NOT NULL, "last_started_at" datetime NULL, "last_finished_at" datetime NULL, "last_error" text NOT NULL)
--
CREATE TABLE "outbox_job" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(60) NOT NULL, "dedupe_key" varchar(200) NOT NULL UNIQUE, "payload" text NOT NULL CHECK ((JSON_VALID("payload") OR "payload" IS NULL)), "state" varchar(6) NOT NULL, "attempts" integer unsigned NOT NULL CHECK ("attempts" >= 0), "run_at" datetime NOT NULL, "lease_until" datetime NULL, "lease_owner" varchar(100) NOT NULL, "last_error" text NOT NULL, "created_at" datetime NOT NULL, "finished_at" datetime NULL, "deaths" smallint unsigned NOT NULL CHECK ("deaths" >= 0), "started_at" datetime NULL, CONSTRAINT "outbox_job_state" CHECK ("state" IN ('ready', 'leased', 'done', 'dead')), CONSTRAINT "outbox_job_lease_ends" CHECK ((NOT ("state" = 'leased') OR "lease_until" IS NOT NULL)), CONSTRAINT "outbox_job_finished" CHECK ((NOT ("state" IN ('done', 'dead')) OR "finished_at" IS NOT NULL)))
--
CREATE TABLE "plans_oldmethod" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "gateway" varchar(20) NOT NULL, "account" varchar(120) NOT NULL, "news" varchar(20) NOT NULL, "asked_at" datetime NOT NULL, "done_at" datetime NULL, "event_id" bigint NOT NULL REFERENCES "plans_planevent" ("id") DEFERRABLE INITIALLY DEFERRED, "plan_id" char(32) NOT NULL REFERENCES "plans_plan" ("id") DEFERRABLE INITIALLY DEFERRED, "token" varchar(400) NOT NULL)
--
CREATE TABLE "plans_plan" ("id" char(32) NOT NULL PRIMARY KEY, "reference" varchar(10) NOT NULL UNIQUE, "form_id" bigint NULL, "first_gift_id" char(32) NULL UNIQUE, "source" text NOT NULL CHECK ((JSON_VALID("source") OR "source" IS NULL)), "language" varchar(10) NOT NULL, "amount_minor" bigint NOT NULL, "cover_minor" bigint NOT NULL, "currency" varchar(3) NOT NULL, "every" smallint unsigned NOT NULL CHECK ("every" >= 0), "anchor" date NOT NULL, "next_number" integer unsigned NOT NULL CHECK ("next_number" >= 0), "next_on" date NULL, "next_at" datetime NULL, "ends_on" date NULL, "ends_after" integer unsigned NULL CHECK ("ends_after" >= 0), "given_count" integer unsigned NOT NULL CHECK ("given_count" >= 0), "state" varchar(10) NOT NULL, "resume_on" date NULL, "declines" smallint unsigned NOT NULL CHECK ("declines" >= 0), "retry_at" datetime NULL, "decline_code" varchar(40) NOT NULL, "gateway" varchar(20) NOT NULL, "account" varchar(120) NOT NULL, "method" varchar(20) NOT NULL, "method_label" varchar(80) NOT NULL, "method_expires" varchar(7) NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "cancelled_at" datetime NULL, "cancel_reason" varchar(40) NOT NULL, "imported_from" varchar(160) NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "contact_id" bigint NOT NULL REFERENCES "supporters_contact" ("id") DEFERRABLE INITIALLY DEFERRED, "fund_id" bigint NOT NULL REFERENCES "charities_fund" ("id") DEFERRABLE INITIALLY DEFERRED, "method_usable" bool NOT NULL, "given_elsewhere" integer unsigned NOT NULL CHECK ("given_elsewhere" >= 0), "method_mark" varchar(30) NULL, "saved_method" varchar(400) NOT NULL, CONSTRAINT "plans_amount_positive" CHECK ("amount_minor" > 0), CONSTRAINT "plans_cover_not_negative" CHECK ("cover_minor" >= 0), CONSTRAINT "plans_every_known" CHECK ("every" IN (1, 3, 12)), CONSTRAINT "plans_due_only_alive" CHECK (("next_at" IS NULL OR "state" IN ('starting', 'active', 'retrying', 'paused'))), CONSTRAINT "plans_imported_once" UNIQUE ("charity_id", "imported_from"))
--
CREATE TABLE "receipts_receiptseries" ("charity_id" bigint NOT NULL PRIMARY KEY REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "last_number" bigint unsigned NOT NULL CHECK ("last_number" >= 0))
--
CREATE TABLE "receipts_signingkey" ("key_id" varchar(40) NOT NULL PRIMARY KEY, "public" varchar(44) NOT NULL, "first_used_at" datetime NOT NULL)
--
CREATE TABLE "receipts_receiptcancellation" ("receipt_id" bigint NOT NULL PRIMARY KEY REFERENCES "receipts_receipt" ("id") DEFERRABLE INITIALLY DEFERRED, "reason" varchar(10) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NULL)
--
CREATE TABLE "receipts_receiptfile" ("receipt_id" bigint NOT NULL PRIMARY KEY REFERENCES "receipts_receipt" ("id") DEFERRABLE INITIALLY DEFERRED, "pdf" BLOB NOT NULL)
--
CREATE TABLE "receipts_receiptperson" ("receipt_id" bigint NOT NULL PRIMARY KEY REFERENCES "receipts_receipt" ("id") DEFERRABLE INITIALLY DEFERRED, "name" varchar(250) NOT NULL, "address_lines" text NOT NULL CHECK ((JSON_VALID("address_lines") OR "address_lines" IS NULL)), "salt" varchar(32) NOT NULL, "erased_at" datetime NULL)
--
CREATE TABLE "receipts_receiptseal" ("receipt_id" bigint NOT NULL PRIMARY KEY REFERENCES "receipts_receipt" ("id") DEFERRABLE INITIALLY DEFERRED, "facts" text NOT NULL, "key_id" varchar(40) NOT NULL, "signature" varchar(100) NOT NULL, "wording" varchar(40) NOT NULL, "pdf_sha256" varchar(64) NOT NULL, "transliterated" bool NOT NULL, "at" datetime NOT NULL)
--
CREATE TABLE "receipts_receipt" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" bigint unsigned NOT NULL CHECK ("number" >= 0), "turn" smallint unsigned NOT NULL CHECK ("turn" >= 0), "attempt_id" char(32) NOT NULL, "amount_minor" bigint NOT NULL, "currency" varchar(3) NOT NULL, "language" varchar(10) NOT NULL, "given_at" datetime NOT NULL, "issued_at" datetime NOT NULL, "token" varchar(22) NOT NULL UNIQUE, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "gift_id" char(32) NOT NULL REFERENCES "giving_gift" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "receipts_number_once" UNIQUE ("charity_id", "number"), CONSTRAINT "receipts_turn_once" UNIQUE ("gift_id", "turn"), CONSTRAINT "receipts_amount_positive" CHECK ("amount_minor" > 0), CONSTRAINT "receipts_number_positive" CHECK ("number" > 0))
--
CREATE TABLE "receipts_receiptdelivery" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(80) NOT NULL UNIQUE, "kind" varchar(12) NOT NULL, "state" varchar(10) NOT NULL, "reason" varchar(40) NOT NULL, "message_id" varchar(200) NOT NULL, "provider_id" varchar(200) NOT NULL, "asked_by_id" bigint NULL, "created_at" datetime NOT NULL, "sent_at" datetime NULL, "outcome_at" datetime NULL, "gift_id" char(32) NOT NULL REFERENCES "giving_gift" ("id") DEFERRABLE INITIALLY DEFERRED, "receipt_id" bigint NULL REFERENCES "receipts_receipt" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "receipts_sent_has_a_time" CHECK ((NOT ("state" IN ('sent', 'delivered')) OR "sent_at" IS NOT NULL)))
--
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL)
--
CREATE TABLE "wagtailimages_rendition" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "width" integer NOT NULL, "height" integer NOT NULL, "focal_point_key" varchar(16) NOT NULL, "filter_spec" varchar(255) NOT NULL, "image_id" integer NOT NULL REFERENCES "wagtailimages_image" ("id") DEFERRABLE INITIALLY DEFERRED, "file" varchar(100) NOT NULL)
--
CREATE TABLE "wagtailimages_image" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(255) NOT NULL, "file" varchar(100) NOT NULL, "width" integer NOT NULL, "height" integer NOT NULL, "created_at" datetime NOT NULL, "focal_point_x" integer unsigned NULL CHECK ("focal_point_x" >= 0), "focal_point_y" integer unsigned NULL CHECK ("focal_point_y" >= 0), "focal_point_width" integer unsigned NULL CHECK ("focal_point_width" >= 0), "focal_point_height" integer unsigned NULL CHECK ("focal_point_height" >= 0), "uploaded_by_user_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "file_size" integer unsigned NULL CHECK ("file_size" >= 0), "collection_id" integer NOT NULL REFERENCES "wagtailcore_collection" ("id") DEFERRABLE INITIALLY DEFERRED, "file_hash" varchar(40) NOT NULL, "description" varchar(255) NOT NULL)
--
CREATE TABLE "stories_storyindexpage" ("page_ptr_id" integer NOT NULL PRIMARY KEY REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "intro" text NOT NULL)
--
CREATE TABLE "stories_storyterms" ("story_id" integer NOT NULL PRIMARY KEY REFERENCES "stories_storypage" ("page_ptr_id") DEFERRABLE INITIALLY DEFERRED, "counts" text NOT NULL CHECK ((JSON_VALID("counts") OR "counts" IS NULL)))
--
CREATE TABLE "stories_relatedstory" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "picked" bool NOT NULL, "rank" smallint unsigned NOT NULL CHECK ("rank" >= 0), "score" real NOT NULL, "other_id" integer NOT NULL REFERENCES "stories_storypage" ("page_ptr_id") DEFERRABLE INITIALLY DEFERRED, "story_id" integer NOT NULL REFERENCES "stories_storypage" ("page_ptr_id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "stories_related_once" UNIQUE ("story_id", "other_id", "picked"), CONSTRAINT "stories_related_to_another" CHECK (NOT ("story_id" = ("other_id"))))
--
CREATE TABLE "stories_importedpicture" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(64) NOT NULL, "address" varchar(2000) NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "image_id" integer NOT NULL REFERENCES "wagtailimages_image" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "stories_picture_once" UNIQUE ("charity_id", "key"))
--
CREATE TABLE "stories_importedpost" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(64) NOT NULL, "kind" varchar(10) NOT NULL, "number" bigint NOT NULL, "title" varchar(255) NOT NULL, "address" varchar(1000) NOT NULL, "revision" bigint unsigned NULL CHECK ("revision" >= 0), "digest" varchar(64) NOT NULL, "published" bool NOT NULL, "state" varchar(12) NOT NULL, "reasons" text NOT NULL CHECK ((JSON_VALID("reasons") OR "reasons" IS NULL)), "at" datetime NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "page_id" integer NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "stories_imported_once" UNIQUE ("charity_id", "key"), CONSTRAINT "stories_imported_state" CHECK ("state" IN ('imported', 'quarantined')))
--
CREATE TABLE "stories_move" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "asked_by" varchar(150) NOT NULL, "file_name" varchar(255) NOT NULL, "dry_run" bool NOT NULL, "publish" bool NOT NULL, "fetch_images" bool NOT NULL, "forms" text NOT NULL CHECK ((JSON_VALID("forms") OR "forms" IS NULL)), "state" varchar(10) NOT NULL, "why" varchar(500) NOT NULL, "total" integer unsigned NOT NULL CHECK ("total" >= 0), "done" integer unsigned NOT NULL CHECK ("done" >= 0), "pictures" integer unsigned NOT NULL CHECK ("pictures" >= 0), "missing" text NOT NULL CHECK ((JSON_VALID("missing") OR "missing" IS NULL)), "left_out" text NOT NULL CHECK ((JSON_VALID("left_out") OR "left_out" IS NULL)), "made_at" datetime NOT NULL, "heard_at" datetime NOT NULL, "ended_at" datetime NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "stories_move_ended" CHECK ((("ended_at" IS NULL AND "state" IN ('waiting', 'running')) OR ("ended_at" IS NOT NULL AND "state" IN ('done', 'failed')))))
--
CREATE TABLE "stories_moveline" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "ordinal" integer unsigned NOT NULL CHECK ("ordinal" >= 0), "kind" varchar(10) NOT NULL, "title" varchar(255) NOT NULL, "address" varchar(1000) NOT NULL, "fate" varchar(12) NOT NULL, "published" bool NOT NULL, "redirected" bool NOT NULL, "reasons" text NOT NULL CHECK ((JSON_VALID("reasons") OR "reasons" IS NULL)), "notes" text NOT NULL CHECK ((JSON_VALID("notes") OR "notes" IS NULL)), "move_id" bigint NOT NULL REFERENCES "stories_move" ("id") DEFERRABLE INITIALLY DEFERRED, "page_id" integer NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "stories_line_once" UNIQUE ("move_id", "ordinal"))
--
CREATE TABLE "stories_movepart" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "ordinal" smallint unsigned NOT NULL CHECK ("ordinal" >= 0), "body" BLOB NOT NULL, "move_id" bigint NOT NULL REFERENCES "stories_move" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "stories_part_once" UNIQUE ("move_id", "ordinal"))
--
CREATE TABLE "stories_picturemark" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "file" varchar(255) NOT NULL, "digest" varchar(64) NOT NULL, "image_id" integer NOT NULL UNIQUE REFERENCES "wagtailimages_image" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "stories_mark_told" CHECK (NOT ("digest" = '')))
--
CREATE TABLE "stories_homepage" ("page_ptr_id" integer NOT NULL PRIMARY KEY REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "heading" varchar(120) NOT NULL, "intro" text NOT NULL, "drawing" varchar(20) NOT NULL, "body" text NOT NULL CHECK ((JSON_VALID("body") OR "body" IS NULL)))
--
CREATE TABLE "stories_storypage" ("page_ptr_id" integer NOT NULL PRIMARY KEY REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "summary" varchar(300) NOT NULL, "attribution" varchar(500) NOT NULL, "drawing" varchar(20) NOT NULL, "lead_alt" varchar(300) NOT NULL, "lead_credit" varchar(120) NOT NULL, "lead_image_id" integer NULL REFERENCES "wagtailimages_image" ("id") DEFERRABLE INITIALLY DEFERRED, "attribution_title" varchar(200) NOT NULL, "attribution_url" varchar(200) NOT NULL, "author" varchar(200) NOT NULL, "topics" varchar(500) NOT NULL, "lead_decorative" bool DEFAULT 0 NOT NULL, "body" text NOT NULL CHECK ((JSON_VALID("body") OR "body" IS NULL)))
--
CREATE TABLE "stories_textpage" ("page_ptr_id" integer NOT NULL PRIMARY KEY REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "body" text NOT NULL CHECK ((JSON_VALID("body") OR "body" IS NULL)))
--
CREATE TABLE "supporters_consentwording" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "channel" varchar(20) NOT NULL, "basis" varchar(20) NOT NULL, "version" integer unsigned NOT NULL CHECK ("version" >= 0), "text" text NOT NULL, "created_at" datetime NOT NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, "language" varchar(10) DEFAULT '' NOT NULL, "of_id" bigint NULL REFERENCES "supporters_consentwording" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "supporters_wording_version" UNIQUE ("charity_id", "channel", "version"))
--
CREATE TABLE "taggit_taggeditem" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" integer NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "tag_id" integer NOT NULL REFERENCES "taggit_tag" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "taggit_taggeditem_content_type_id_object_id_tag_id_4bb97a8e_uniq" UNIQUE ("content_type_id", "object_id", "tag_id"))
--
CREATE TABLE "taggit_tag" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(100) NOT NULL UNIQUE, "slug" varchar(100) NOT NULL UNIQUE)
--
CREATE TABLE "wagtailadmin_admin" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT)
--
CREATE TABLE "wagtailadmin_editingsession" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" varchar(255) NOT NULL, "last_seen_at" datetime NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "is_editing" bool NOT NULL)
--
CREATE TABLE "wagtailadmin_formstate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "data" text NOT NULL, "object_id" varchar(255) NOT NULL, "parent_object_id" varchar(255) NOT NULL, "last_updated_at" datetime NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "wagtaildocs_document" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(255) NOT NULL, "file" varchar(100) NOT NULL, "created_at" datetime NOT NULL, "uploaded_by_user_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "collection_id" integer NOT NULL REFERENCES "wagtailcore_collection" ("id") DEFERRABLE INITIALLY DEFERRED, "file_hash" varchar(40) NOT NULL, "file_size" bigint unsigned NULL CHECK ("file_size" >= 0))
--
CREATE TABLE "wagtailembeds_embed" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "url" text NOT NULL, "max_width" smallint NULL, "type" varchar(10) NOT NULL, "html" text NOT NULL, "title" text NOT NULL, "author_name" text NOT NULL, "provider_name" text NOT NULL, "width" integer NULL, "height" integer NULL, "last_updated" datetime NOT NULL, "hash" varchar(32) NOT NULL UNIQUE, "thumbnail_url" text NOT NULL, "cache_until" datetime NULL)
--
CREATE TABLE "wagtailredirects_redirect" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "old_path" varchar(255) NOT NULL, "is_permanent" bool NOT NULL, "redirect_link" varchar(255) NOT NULL, "redirect_page_id" integer NULL REFERENCES "wagtailcore_page" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" integer NULL REFERENCES "wagtailcore_site" ("id") DEFERRABLE INITIALLY DEFERRED, "automatically_created" bool NOT NULL, "created_at" datetime NULL, "redirect_page_route_path" varchar(255) NOT NULL)
--
CREATE TABLE "wagtailsearch_indexentry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" varchar(50) NOT NULL, "title_norm" real NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "autocomplete" text NULL, "body" text NULL, "title" text NOT NULL)
--
CREATE VIRTUAL TABLE wagtailsearch_indexentry_fts USING fts5(autocomplete, body, title)
--
CREATE TABLE "wagtailusers_userprofile" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "submitted_notifications" bool NOT NULL, "approved_notifications" bool NOT NULL, "rejected_notifications" bool NOT NULL, "user_id" integer NOT NULL UNIQUE REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "preferred_language" varchar(10) NOT NULL, "current_time_zone" varchar(40) NOT NULL, "avatar" varchar(100) NOT NULL, "updated_comments_notifications" bool NOT NULL, "dismissibles" text NOT NULL CHECK ((JSON_VALID("dismissibles") OR "dismissibles" IS NULL)), "theme" varchar(40) NOT NULL, "density" varchar(40) NOT NULL, "contrast" varchar(40) NOT NULL, "keyboard_shortcuts" bool NOT NULL)
--
CREATE TABLE "webhooks_endpointsecret" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "sealed" text NOT NULL, "made_at" datetime NOT NULL, "good_until" datetime NULL, "endpoint_id" bigint NOT NULL REFERENCES "webhooks_endpoint" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "webhooks_try" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "begun_at" datetime NOT NULL, "status" smallint unsigned NULL CHECK ("status" >= 0), "took_ms" integer unsigned NULL CHECK ("took_ms" >= 0), "why" varchar(20) NOT NULL, "answer" text NOT NULL, "delivery_id" char(32) NOT NULL REFERENCES "webhooks_delivery" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE TABLE "webhooks_endpoint" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "url" varchar(500) NOT NULL, "description" varchar(80) NOT NULL, "types" text NOT NULL CHECK ((JSON_VALID("types") OR "types" IS NULL)), "people" bool NOT NULL, "active" bool NOT NULL, "since" datetime NOT NULL, "off_reason" varchar(8) NOT NULL, "off_at" datetime NULL, "made_by_id" bigint NOT NULL, "made_by_name" varchar(150) NOT NULL, "made_at" datetime NOT NULL, "failures" integer unsigned NOT NULL CHECK ("failures" >= 0), "failing_since" datetime NULL, "rests_until" datetime NULL, "charity_id" bigint NOT NULL REFERENCES "charities_charity" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "webhooks_off_has_reason" CHECK ((("active" AND "off_at" IS NULL AND "off_reason" = '') OR (NOT "active" AND "off_at" IS NOT NULL AND "off_reason" IN ('staff', 'gone', 'failing')))))
--
CREATE TABLE "webhooks_delivery" ("id" char(32) NOT NULL PRIMARY KEY, "event_key" varchar(60) NOT NULL, "type" varchar(40) NOT NULL, "object_id" varchar(40) NOT NULL, "detail_id" varchar(40) NOT NULL, "at" datetime NOT NULL, "state" varchar(8) NOT NULL, "tries" smallint unsigned NOT NULL CHECK ("tries" >= 0), "next_at" datetime NULL, "made_at" datetime NOT NULL, "finished_at" datetime NULL, "endpoint_id" bigint NOT NULL REFERENCES "webhooks_endpoint" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "webhooks_event_once" UNIQUE ("endpoint_id", "event_key"), CONSTRAINT "webhooks_waiting_has_time" CHECK ((("finished_at" IS NULL AND "next_at" IS NOT NULL AND "state" = 'waiting') OR ("finished_at" IS NOT NULL AND "next_at" IS NULL AND "state" IN ('done', 'failed')))))
--
CREATE TABLE "webhooks_tail" ("source" varchar(40) NOT NULL PRIMARY KEY, "after" bigint NOT NULL)
--
INSERT INTO "auth_group_permissions" VALUES (1, 2, 105)
--
INSERT INTO "auth_group_permissions" VALUES (2, 2, 106)
--
INSERT INTO "auth_group_permissions" VALUES (3, 2, 107)
--
INSERT INTO "auth_group_permissions" VALUES (4, 1, 105)
--
INSERT INTO "auth_group_permissions" VALUES (5, 1, 106)
--
INSERT INTO "auth_group_permissions" VALUES (6, 1, 107)
--
INSERT INTO "auth_group_permissions" VALUES (7, 2, 108)
--
INSERT INTO "auth_group_permissions" VALUES (8, 1, 108)
--
INSERT INTO "auth_group_permissions" VALUES (9, 2, 109)
--
INSERT INTO "auth_group_permissions" VALUES (10, 1, 109)
--
INSERT INTO "auth_group_permissions" VALUES (11, 2, 112)
--
INSERT INTO "auth_group_permissions" VALUES (12, 2, 113)
--
INSERT INTO "auth_group_permissions" VALUES (13, 2, 111)
--
INSERT INTO "auth_group_permissions" VALUES (14, 1, 112)
--
INSERT INTO "auth_group_permissions" VALUES (15, 1, 113)
--
INSERT INTO "auth_group_permissions" VALUES (16, 1, 111)
--
INSERT INTO "auth_group_permissions" VALUES (17, 2, 114)
--
INSERT INTO "auth_group_permissions" VALUES (18, 1, 114)
--
INSERT INTO "django_content_type" VALUES (1, 'wagtailcore', 'page')
--
INSERT INTO "django_content_type" VALUES (2, 'wagtailcore', 'groupapprovaltask')
--
INSERT INTO "django_content_type" VALUES (3, 'wagtailcore', 'locale')
--
INSERT INTO "django_content_type" VALUES (4, 'wagtailcore', 'site')
--
INSERT INTO "django_content_type" VALUES (5, 'wagtailcore', 'groupsitepermission')
--
INSERT INTO "django_content_type" VALUES (6, 'wagtailcore', 'modellogentry')
--
INSERT INTO "django_content_type" VALUES (7, 'wagtailcore', 'revision')
--
INSERT INTO "django_content_type" VALUES (8, 'wagtailcore', 'collectionviewrestriction')
--
INSERT INTO "django_content_type" VALUES (9, 'wagtailcore', 'collection')
--
INSERT INTO "django_content_type" VALUES (10, 'wagtailcore', 'groupcollectionpermission')
--
INSERT INTO "django_content_type" VALUES (11, 'wagtailcore', 'uploadedfile')
--
INSERT INTO "django_content_type" VALUES (12, 'wagtailcore', 'workflowcontenttype')
--
INSERT INTO "django_content_type" VALUES (13, 'wagtailcore', 'workflowstate')
--
INSERT INTO "django_content_type" VALUES (14, 'wagtailcore', 'workflow')
--
INSERT INTO "django_content_type" VALUES (15, 'wagtailcore', 'workflowtask')
--
INSERT INTO "django_content_type" VALUES (16, 'wagtailcore', 'task')
--
INSERT INTO "django_content_type" VALUES (17, 'wagtailcore', 'taskstate')
--
INSERT INTO "django_content_type" VALUES (18, 'wagtailcore', 'grouppagepermission')
--
INSERT INTO "django_content_type" VALUES (19, 'wagtailcore', 'pageviewrestriction')
--
INSERT INTO "django_content_type" VALUES (20, 'wagtailcore', 'workflowpage')
--
INSERT INTO "django_content_type" VALUES (21, 'wagtailcore', 'pagelogentry')
--
INSERT INTO "django_content_type" VALUES (22, 'wagtailcore', 'comment')
--
INSERT INTO "django_content_type" VALUES (23, 'wagtailcore', 'commentreply')
--
INSERT INTO "django_content_type" VALUES (24, 'wagtailcore', 'pagesubscription')
--
INSERT INTO "django_content_type" VALUES (25, 'wagtailcore', 'referenceindex')
--
INSERT INTO "django_content_type" VALUES (26, 'wagtailimages', 'image')
--
INSERT INTO "django_content_type" VALUES (27, 'wagtailadmin', 'admin')
--
INSERT INTO "django_content_type" VALUES (28, 'wagtaildocs', 'document')
--
INSERT INTO "auth_permission" VALUES (1, 3, 'add_locale', 'Can add locale')
--
INSERT INTO "auth_permission" VALUES (2, 3, 'change_locale', 'Can change locale')
--
INSERT INTO "auth_permission" VALUES (3, 3, 'delete_locale', 'Can delete locale')
--
INSERT INTO "auth_permission" VALUES (4, 3, 'view_locale', 'Can view locale')
--
INSERT INTO "auth_permission" VALUES (5, 4, 'add_site', 'Can add site')
--
INSERT INTO "auth_permission" VALUES (6, 4, 'change_site', 'Can change site')
--
INSERT INTO "auth_permission" VALUES (7, 4, 'delete_site', 'Can delete site')
--
INSERT INTO "auth_permission" VALUES (8, 4, 'view_site', 'Can view site')
--
INSERT INTO "auth_permission" VALUES (9, 5, 'add_groupsitepermission', 'Can add group site permission')
--
INSERT INTO "auth_permission" VALUES (10, 5, 'change_groupsitepermission', 'Can change group site permission')
--
INSERT INTO "auth_permission" VALUES (11, 5, 'delete_groupsitepermission', 'Can delete group site permission')
--
INSERT INTO "auth_permission" VALUES (12, 5, 'view_groupsitepermission', 'Can view group site permission')
--
INSERT INTO "auth_permission" VALUES (13, 6, 'add_modellogentry', 'Can add model log entry')
--
INSERT INTO "auth_permission" VALUES (14, 6, 'change_modellogentry', 'Can change model log entry')
--
INSERT INTO "auth_permission" VALUES (15, 6, 'delete_modellogentry', 'Can delete model log entry')
--
INSERT INTO "auth_permission" VALUES (16, 6, 'view_modellogentry', 'Can view model log entry')
--
INSERT INTO "auth_permission" VALUES (17, 7, 'add_revision', 'Can add revision')
--
INSERT INTO "auth_permission" VALUES (18, 7, 'change_revision', 'Can change revision')
--
INSERT INTO "auth_permission" VALUES (19, 7, 'delete_revision', 'Can delete revision')
--
INSERT INTO "auth_permission" VALUES (20, 7, 'view_revision', 'Can view revision')
--
INSERT INTO "auth_permission" VALUES (21, 8, 'add_collectionviewrestriction', 'Can add collection view restriction')
--
INSERT INTO "auth_permission" VALUES (22, 8, 'change_collectionviewrestriction', 'Can change collection view restriction')
--
INSERT INTO "auth_permission" VALUES (23, 8, 'delete_collectionviewrestriction', 'Can delete collection view restriction')
--
INSERT INTO "auth_permission" VALUES (24, 8, 'view_collectionviewrestriction', 'Can view collection view restriction')
--
INSERT INTO "auth_permission" VALUES (25, 9, 'add_collection', 'Can add collection')
--
INSERT INTO "auth_permission" VALUES (26, 9, 'change_collection', 'Can change collection')
--
INSERT INTO "auth_permission" VALUES (27, 9, 'delete_collection', 'Can delete collection')
--
INSERT INTO "auth_permission" VALUES (28, 9, 'view_collection', 'Can view collection')
--
INSERT INTO "auth_permission" VALUES (29, 10, 'add_groupcollectionpermission', 'Can add group collection permission')
--
INSERT INTO "auth_permission" VALUES (30, 10, 'change_groupcollectionpermission', 'Can change group collection permission')
--
INSERT INTO "auth_permission" VALUES (31, 10, 'delete_groupcollectionpermission', 'Can delete group collection permission')
--
INSERT INTO "auth_permission" VALUES (32, 10, 'view_groupcollectionpermission', 'Can view group collection permission')
--
INSERT INTO "auth_permission" VALUES (33, 11, 'add_uploadedfile', 'Can add uploaded file')
--
INSERT INTO "auth_permission" VALUES (34, 11, 'change_uploadedfile', 'Can change uploaded file')
--
INSERT INTO "auth_permission" VALUES (35, 11, 'delete_uploadedfile', 'Can delete uploaded file')
--
INSERT INTO "auth_permission" VALUES (36, 11, 'view_uploadedfile', 'Can view uploaded file')
--
INSERT INTO "auth_permission" VALUES (37, 12, 'add_workflowcontenttype', 'Can add workflow content type')
--
INSERT INTO "auth_permission" VALUES (38, 12, 'change_workflowcontenttype', 'Can change workflow content type')
--
INSERT INTO "auth_permission" VALUES (39, 12, 'delete_workflowcontenttype', 'Can delete workflow content type')
--
INSERT INTO "auth_permission" VALUES (40, 12, 'view_workflowcontenttype', 'Can view workflow content type')
--
INSERT INTO "auth_permission" VALUES (41, 13, 'add_workflowstate', 'Can add Workflow state')
--
INSERT INTO "auth_permission" VALUES (42, 13, 'change_workflowstate', 'Can change Workflow state')
--
INSERT INTO "auth_permission" VALUES (43, 13, 'delete_workflowstate', 'Can delete Workflow state')
--
INSERT INTO "auth_permission" VALUES (44, 13, 'view_workflowstate', 'Can view Workflow state')
--
INSERT INTO "auth_permission" VALUES (45, 14, 'add_workflow', 'Can add workflow')
--
INSERT INTO "auth_permission" VALUES (46, 14, 'change_workflow', 'Can change workflow')
--
INSERT INTO "auth_permission" VALUES (47, 14, 'delete_workflow', 'Can delete workflow')
--
INSERT INTO "auth_permission" VALUES (48, 14, 'view_workflow', 'Can view workflow')
--
INSERT INTO "auth_permission" VALUES (49, 15, 'add_workflowtask', 'Can add workflow task order')
--
INSERT INTO "auth_permission" VALUES (50, 15, 'change_workflowtask', 'Can change workflow task order')
--
INSERT INTO "auth_permission" VALUES (51, 15, 'delete_workflowtask', 'Can delete workflow task order')
--
INSERT INTO "auth_permission" VALUES (52, 15, 'view_workflowtask', 'Can view workflow task order')
--
INSERT INTO "auth_permission" VALUES (53, 16, 'add_task', 'Can add task')
--
INSERT INTO "auth_permission" VALUES (54, 16, 'change_task', 'Can change task')
--
INSERT INTO "auth_permission" VALUES (55, 16, 'delete_task', 'Can delete task')
--
INSERT INTO "auth_permission" VALUES (56, 16, 'view_task', 'Can view task')
--
INSERT INTO "auth_permission" VALUES (57, 2, 'add_groupapprovaltask', 'Can add Group approval task')
--
INSERT INTO "auth_permission" VALUES (58, 2, 'change_groupapprovaltask', 'Can change Group approval task')
--
INSERT INTO "auth_permission" VALUES (59, 2, 'delete_groupapprovaltask', 'Can delete Group approval task')
--
INSERT INTO "auth_permission" VALUES (60, 2, 'view_groupapprovaltask', 'Can view Group approval task')
--
INSERT INTO "auth_permission" VALUES (61, 17, 'add_taskstate', 'Can add Task state')
--
INSERT INTO "auth_permission" VALUES (62, 17, 'change_taskstate', 'Can change Task state')
--
INSERT INTO "auth_permission" VALUES (63, 17, 'delete_taskstate', 'Can delete Task state')
--
INSERT INTO "auth_permission" VALUES (64, 17, 'view_taskstate', 'Can view Task state')
--
INSERT INTO "auth_permission" VALUES (65, 1, 'add_page', 'Can add page')
--
INSERT INTO "auth_permission" VALUES (66, 1, 'change_page', 'Can change page')
--
INSERT INTO "auth_permission" VALUES (67, 1, 'delete_page', 'Can delete page')
--
INSERT INTO "auth_permission" VALUES (68, 1, 'view_page', 'Can view page')
--
INSERT INTO "auth_permission" VALUES (69, 1, 'bulk_delete_page', 'Delete pages with children')
--
INSERT INTO "auth_permission" VALUES (70, 1, 'lock_page', 'Lock/unlock pages you''ve locked')
--
INSERT INTO "auth_permission" VALUES (71, 1, 'publish_page', 'Publish any page')
--
INSERT INTO "auth_permission" VALUES (72, 1, 'unlock_page', 'Unlock any page')
--
INSERT INTO "auth_permission" VALUES (73, 18, 'add_grouppagepermission', 'Can add group page permission')
--
INSERT INTO "auth_permission" VALUES (74, 18, 'change_grouppagepermission', 'Can change group page permission')
--
INSERT INTO "auth_permission" VALUES (75, 18, 'delete_grouppagepermission', 'Can delete group page permission')
--
INSERT INTO "auth_permission" VALUES (76, 18, 'view_grouppagepermission', 'Can view group page permission')
--
INSERT INTO "auth_permission" VALUES (77, 19, 'add_pageviewrestriction', 'Can add page view restriction')
--
INSERT INTO "auth_permission" VALUES (78, 19, 'change_pageviewrestriction', 'Can change page view restriction')
--
INSERT INTO "auth_permission" VALUES (79, 19, 'delete_pageviewrestriction', 'Can delete page view restriction')
--
INSERT INTO "auth_permission" VALUES (80, 19, 'view_pageviewrestriction', 'Can view page view restriction')
--
INSERT INTO "auth_permission" VALUES (81, 20, 'add_workflowpage', 'Can add workflow page')
--
INSERT INTO "auth_permission" VALUES (82, 20, 'change_workflowpage', 'Can change workflow page')
--
INSERT INTO "auth_permission" VALUES (83, 20, 'delete_workflowpage', 'Can delete workflow page')
--
INSERT INTO "auth_permission" VALUES (84, 20, 'view_workflowpage', 'Can view workflow page')
--
INSERT INTO "auth_permission" VALUES (85, 21, 'add_pagelogentry', 'Can add page log entry')
--
INSERT INTO "auth_permission" VALUES (86, 21, 'change_pagelogentry', 'Can change page log entry')
--
INSERT INTO "auth_permission" VALUES (87, 21, 'delete_pagelogentry', 'Can delete page log entry')
--
INSERT INTO "auth_permission" VALUES (88, 21, 'view_pagelogentry', 'Can view page log entry')
--
INSERT INTO "auth_permission" VALUES (89, 22, 'add_comment', 'Can add comment')
--
INSERT INTO "auth_permission" VALUES (90, 22, 'change_comment', 'Can change comment')
--
INSERT INTO "auth_permission" VALUES (91, 22, 'delete_comment', 'Can delete comment')
--
INSERT INTO "auth_permission" VALUES (92, 22, 'view_comment', 'Can view comment')
--
INSERT INTO "auth_permission" VALUES (93, 23, 'add_commentreply', 'Can add comment reply')
--
INSERT INTO "auth_permission" VALUES (94, 23, 'change_commentreply', 'Can change comment reply')
--
INSERT INTO "auth_permission" VALUES (95, 23, 'delete_commentreply', 'Can delete comment reply')
--
INSERT INTO "auth_permission" VALUES (96, 23, 'view_commentreply', 'Can view comment reply')
--
INSERT INTO "auth_permission" VALUES (97, 24, 'add_pagesubscription', 'Can add page subscription')
--
INSERT INTO "auth_permission" VALUES (98, 24, 'change_pagesubscription', 'Can change page subscription')
--
INSERT INTO "auth_permission" VALUES (99, 24, 'delete_pagesubscription', 'Can delete page subscription')
--
INSERT INTO "auth_permission" VALUES (100, 24, 'view_pagesubscription', 'Can view page subscription')
--
INSERT INTO "auth_permission" VALUES (101, 25, 'add_referenceindex', 'Can add reference index')
--
INSERT INTO "auth_permission" VALUES (102, 25, 'change_referenceindex', 'Can change reference index')
--
INSERT INTO "auth_permission" VALUES (103, 25, 'delete_referenceindex', 'Can delete reference index')
--
INSERT INTO "auth_permission" VALUES (104, 25, 'view_referenceindex', 'Can view reference index')
--
INSERT INTO "auth_permission" VALUES (105, 26, 'add_image', 'Can add image')
--
INSERT INTO "auth_permission" VALUES (106, 26, 'change_image', 'Can change image')
--
INSERT INTO "auth_permission" VALUES (107, 26, 'delete_image', 'Can delete image')
--
INSERT INTO "auth_permission" VALUES (108, 27, 'access_admin', 'Can access Wagtail admin')
--
INSERT INTO "auth_permission" VALUES (109, 26, 'choose_image', 'Can choose image')
--
INSERT INTO "auth_permission" VALUES (110, 27, 'enable_2fa', 'Enable 2FA')
--
INSERT INTO "auth_permission" VALUES (111, 28, 'add_document', 'Can add document')
--
INSERT INTO "auth_permission" VALUES (112, 28, 'change_document', 'Can change document')
--
INSERT INTO "auth_permission" VALUES (113, 28, 'delete_document', 'Can delete document')
--
INSERT INTO "auth_permission" VALUES (114, 28, 'choose_document', 'Can choose document')
--
INSERT INTO "auth_group" VALUES (1, 'Moderators')
--
INSERT INTO "auth_group" VALUES (2, 'Editors')
--
INSERT INTO "wagtailcore_collection" VALUES (1, '0001', 1, 0, 'Root')
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (1, 1, 2, 105)
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (2, 1, 1, 105)
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (3, 1, 2, 106)
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (4, 1, 1, 106)
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (5, 1, 2, 109)
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (6, 1, 1, 109)
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (7, 1, 2, 111)
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (8, 1, 1, 111)
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (9, 1, 2, 112)
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (10, 1, 1, 112)
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (11, 1, 2, 114)
--
INSERT INTO "wagtailcore_groupcollectionpermission" VALUES (12, 1, 1, 114)
--
INSERT INTO "wagtailcore_site" VALUES (1, 'localhost', 80, 1, 2, '')
--
INSERT INTO "wagtailcore_task" VALUES (1, 'Moderators approval', 1, 2)
--
INSERT INTO "wagtailcore_workflow" VALUES (1, 'Moderators approval', 1)
--
INSERT INTO "wagtailcore_groupapprovaltask" VALUES (1)
--
INSERT INTO "wagtailcore_workflowpage" VALUES (1, 1)
--
INSERT INTO "wagtailcore_workflowtask" VALUES (1, 0, 1, 1)
--
INSERT INTO "wagtailcore_groupapprovaltask_groups" VALUES (1, 1, 1)
--
INSERT INTO "wagtailcore_locale" VALUES (1, 'en')
--
INSERT INTO "wagtailcore_page" VALUES (1, '0001', 1, 1, 'Root', 'root', 1, 0, '/', '', 0, '', NULL, NULL, 0, 1, NULL, 0, NULL, NULL, NULL, NULL, 'Root', NULL, NULL, 1, '{uuid}', NULL, NULL)
--
INSERT INTO "wagtailcore_page" VALUES (2, '00010001', 2, 0, 'Welcome to your new Wagtail site!', 'home', 1, 0, '/home/', '', 0, '', NULL, NULL, 0, 1, NULL, 0, NULL, NULL, NULL, NULL, 'Welcome to your new Wagtail site!', NULL, NULL, 1, '{uuid}', NULL, NULL)
--
INSERT INTO "wagtailcore_grouppagepermission" VALUES (1, 1, 1, 65)
--
INSERT INTO "wagtailcore_grouppagepermission" VALUES (2, 1, 1, 66)
--
INSERT INTO "wagtailcore_grouppagepermission" VALUES (3, 1, 1, 71)
--
INSERT INTO "wagtailcore_grouppagepermission" VALUES (4, 2, 1, 65)
--
INSERT INTO "wagtailcore_grouppagepermission" VALUES (5, 2, 1, 66)
--
INSERT INTO "wagtailcore_grouppagepermission" VALUES (6, 1, 1, 70)
--
INSERT INTO "wagtailcore_grouppagepermission" VALUES (7, 1, 1, 72)
--
DELETE FROM sqlite_sequence
--
INSERT INTO "sqlite_sequence" VALUES ('charities_charityhost', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('charities_fund', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('charities_staffscope', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('django_content_type', 28)
--
INSERT INTO "sqlite_sequence" VALUES ('auth_permission', 114)
--
INSERT INTO "sqlite_sequence" VALUES ('auth_group', 2)
--
INSERT INTO "sqlite_sequence" VALUES ('auth_user', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_collection', 1)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_pageviewrestriction', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_site', 1)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_task', 1)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_groupapprovaltask_groups', 1)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_workflow', 1)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_workflowtask', 1)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_locale', 1)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_page', 2)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_comment', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_taskstate', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_workflowstate', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_modellogentry', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_pagelogentry', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_grouppagepermission', 7)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_revision', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('supporters_supporter', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('giving_consentquestion', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('giving_formfund', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('giving_formnumber', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('giving_funnelcount', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('giving_suggestedamount', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('payments_balancecheck', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('payments_eventcursor', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('payments_inboxmessage', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('banking_bankaccount', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('banking_statementline', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('consents_consent', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('consents_covered', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('consents_externaluse', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('plans_gatewaypause', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('impact_partner', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('impact_programme', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('impact_partnership', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('impact_target', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('impact_indicator', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('donors_linkrequest', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('donors_reachedmail', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('donors_told', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('giving_batchline', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('giving_donationform', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('giving_limithit', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('impact_claim', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('impact_disclosure', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('impact_publisher', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('impact_release', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('impact_releaseend', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('impact_source', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('ledger_account', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('ledger_posting', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('ledger_closing', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('otp_totp_totpdevice', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('outbox_job', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('plans_oldmethod', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('receipts_receipt', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('receipts_receiptdelivery', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('auth_group_permissions', 18)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailcore_groupcollectionpermission', 12)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailimages_rendition', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailimages_image', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('stories_move', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('stories_moveline', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('stories_movepart', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('supporters_consentwording', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('taggit_taggeditem', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('taggit_tag', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailadmin_editingsession', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtaildocs_document', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailembeds_embed', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailredirects_redirect', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailsearch_indexentry', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('wagtailusers_userprofile', 0)
--
INSERT INTO "sqlite_sequence" VALUES ('webhooks_endpoint', 0)
--
CREATE UNIQUE INDEX "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" ON "auth_group_permissions" ("group_id", "permission_id")
--
CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id")
--
CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id")
--
CREATE UNIQUE INDEX "auth_user_groups_user_id_group_id_94350c0c_uniq" ON "auth_user_groups" ("user_id", "group_id")
--
CREATE INDEX "auth_user_groups_user_id_6a12ed8b" ON "auth_user_groups" ("user_id")
--
CREATE INDEX "auth_user_groups_group_id_97559544" ON "auth_user_groups" ("group_id")
--
CREATE UNIQUE INDEX "auth_user_user_permissions_user_id_permission_id_14a6b632_uniq" ON "auth_user_user_permissions" ("user_id", "permission_id")
--
CREATE INDEX "auth_user_user_permissions_user_id_a95ead1b" ON "auth_user_user_permissions" ("user_id")
--
CREATE INDEX "auth_user_user_permissions_permission_id_1fbb5f2c" ON "auth_user_user_permissions" ("permission_id")
--
CREATE UNIQUE INDEX "charities_one_default" ON "charities_charity" ("is_default") WHERE "is_default"
--
CREATE INDEX "charities_auditentry_charity_id_4f4337bc" ON "charities_auditentry" ("charity_id")
--
CREATE INDEX "charities_charityhost_charity_id_9fac74cd" ON "charities_charityhost" ("charity_id")
--
CREATE INDEX "charities_a_charity_ec0fad_idx" ON "charities_auditentry" ("charity_id", "id" DESC)
--
CREATE INDEX "charities_a_object__758be1_idx" ON "charities_auditentry" ("object_type", "object_id")
--
CREATE UNIQUE INDEX "charities_one_default_fund" ON "charities_fund" ("charity_id") WHERE "is_default"
--
CREATE INDEX "charities_fund_code_4b79ec7d" ON "charities_fund" ("code")
--
CREATE INDEX "charities_fund_charity_id_e6132141" ON "charities_fund" ("charity_id")
--
CREATE INDEX "charities_staffscope_charity_id_028c803c" ON "charities_staffscope" ("charity_id")
--
CREATE INDEX "charities_staffscope_user_id_a42e7e7f" ON "charities_staffscope" ("user_id")
--
CREATE INDEX "api_apitoken_charity_id_46f12ccd" ON "api_apitoken" ("charity_id")
--
CREATE INDEX "api_apicall_token_id_10ebca2c" ON "api_apicall" ("token_id")
--
CREATE INDEX "api_call_begun" ON "api_apicall" ("begun_at")
--
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model")
--
CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission" ("content_type_id", "codename")
--
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id")
--
CREATE UNIQUE INDEX "wagtailcore_groupcollectionpermission_group_id_collection_id_permission_id_a21cefe9_uniq" ON "wagtailcore_groupcollectionpermission" ("group_id", "collection_id", "permission_id")
--
CREATE INDEX "wagtailcore_groupcollectionpermission_collection_id_5423575a" ON "wagtailcore_groupcollectionpermission" ("collection_id")
--
CREATE INDEX "wagtailcore_groupcollectionpermission_group_id_05d61460" ON "wagtailcore_groupcollectionpermission" ("group_id")
--
CREATE INDEX "wagtailcore_groupcollectionpermission_permission_id_1b626275" ON "wagtailcore_groupcollectionpermission" ("permission_id")
--
CREATE UNIQUE INDEX "wagtailcore_pageviewrestriction_groups_pageviewrestriction_id_group_id_d23f80bb_uniq" ON "wagtailcore_pageviewrestriction_groups" ("pageviewrestriction_id", "group_id")
--
CREATE INDEX "wagtailcore_pageviewrestriction_groups_pageviewrestriction_id_f147a99a" ON "wagtailcore_pageviewrestriction_groups" ("pageviewrestriction_id")
--
CREATE INDEX "wagtailcore_pageviewrestriction_groups_group_id_6460f223" ON "wagtailcore_pageviewrestriction_groups" ("group_id")
--
CREATE INDEX "wagtailcore_pageviewrestriction_page_id_15a8bea6" ON "wagtailcore_pageviewrestriction" ("page_id")
--
CREATE INDEX "wagtailcore_collectionviewrestriction_collection_id_761908ec" ON "wagtailcore_collectionviewrestriction" ("collection_id")
--
CREATE UNIQUE INDEX "wagtailcore_collectionviewrestriction_groups_collectionviewrestriction_id_group_id_988995ae_uniq" ON "wagtailcore_collectionviewrestriction_groups" ("collectionviewrestriction_id", "group_id")
--
CREATE INDEX "wagtailcore_collectionviewrestriction_groups_collectionviewrestriction_id_47320efd" ON "wagtailcore_collectionviewrestriction_groups" ("collectionviewrestriction_id")
--
CREATE INDEX "wagtailcore_collectionviewrestriction_groups_group_id_1823f2a3" ON "wagtailcore_collectionviewrestriction_groups" ("group_id")
--
CREATE UNIQUE INDEX "wagtailcore_site_hostname_port_2c626d70_uniq" ON "wagtailcore_site" ("hostname", "port")
--
CREATE INDEX "wagtailcore_site_hostname_96b20b46" ON "wagtailcore_site" ("hostname")
--
CREATE INDEX "wagtailcore_site_root_page_id_e02fb95c" ON "wagtailcore_site" ("root_page_id")
--
CREATE INDEX "wagtailcore_task_content_type_id_249ab8ba" ON "wagtailcore_task" ("content_type_id")
--
CREATE INDEX "wagtailcore_workflowpage_workflow_id_56f56ff6" ON "wagtailcore_workflowpage" ("workflow_id")
--
CREATE UNIQUE INDEX "wagtailcore_workflowtask_workflow_id_task_id_4ec7a62b_uniq" ON "wagtailcore_workflowtask" ("workflow_id", "task_id")
--
CREATE INDEX "wagtailcore_workflowtask_task_id_ce7716fe" ON "wagtailcore_workflowtask" ("task_id")
--
CREATE INDEX "wagtailcore_workflowtask_workflow_id_b9717175" ON "wagtailcore_workflowtask" ("workflow_id")
--
CREATE UNIQUE INDEX "wagtailcore_groupapprovaltask_groups_groupapprovaltask_id_group_id_bb5ee7eb_uniq" ON "wagtailcore_groupapprovaltask_groups" ("groupapprovaltask_id", "group_id")
--
CREATE INDEX "wagtailcore_groupapprovaltask_groups_groupapprovaltask_id_9a9255ea" ON "wagtailcore_groupapprovaltask_groups" ("groupapprovaltask_id")
--
CREATE INDEX "wagtailcore_groupapprovaltask_groups_group_id_2e64b61f" ON "wagtailcore_groupapprovaltask_groups" ("group_id")
--
CREATE UNIQUE INDEX "wagtailcore_page_translation_key_locale_id_9b041bad_uniq" ON "wagtailcore_page" ("translation_key", "locale_id")
--
CREATE INDEX "wagtailcore_page_slug_e7c11b8f" ON "wagtailcore_page" ("slug")
--
CREATE INDEX "wagtailcore_page_content_type_id_c28424df" ON "wagtailcore_page" ("content_type_id")
--
CREATE INDEX "wagtailcore_page_owner_id_fbf7c332" ON "wagtailcore_page" ("owner_id")
--
CREATE INDEX "wagtailcore_page_first_published_at_2b5dd637" ON "wagtailcore_page" ("first_published_at")
--
CREATE INDEX "wagtailcore_page_live_revision_id_930bd822" ON "wagtailcore_page" ("live_revision_id")
--
CREATE INDEX "wagtailcore_page_locked_by_id_bcb86245" ON "wagtailcore_page" ("locked_by_id")
--
CREATE INDEX "wagtailcore_page_locale_id_3c7e30a6" ON "wagtailcore_page" ("locale_id")
--
CREATE INDEX "wagtailcore_page_alias_of_id_12945502" ON "wagtailcore_page" ("alias_of_id")
--
CREATE INDEX "wagtailcore_commentreply_comment_id_afc7e027" ON "wagtailcore_commentreply" ("comment_id")
--
CREATE INDEX "wagtailcore_commentreply_user_id_d0b3b9c3" ON "wagtailcore_commentreply" ("user_id")
--
CREATE UNIQUE INDEX "wagtailcore_pagesubscription_page_id_user_id_0cef73ed_uniq" ON "wagtailcore_pagesubscription" ("page_id", "user_id")
--
CREATE INDEX "wagtailcore_pagesubscription_page_id_a085e7a6" ON "wagtailcore_pagesubscription" ("page_id")
--
CREATE INDEX "wagtailcore_pagesubscription_user_id_89d7def9" ON "wagtailcore_pagesubscription" ("user_id")
--
CREATE INDEX "wagtailcore_comment_page_id_108444b5" ON "wagtailcore_comment" ("page_id")
--
CREATE INDEX "wagtailcore_comment_resolved_by_id_a282aa0e" ON "wagtailcore_comment" ("resolved_by_id")
--
CREATE INDEX "wagtailcore_comment_revision_created_id_1d058279" ON "wagtailcore_comment" ("revision_created_id")
--
CREATE INDEX "wagtailcore_comment_user_id_0c577ca6" ON "wagtailcore_comment" ("user_id")
--
CREATE INDEX "wagtailcore_page_latest_revision_id_e60fef51" ON "wagtailcore_page" ("latest_revision_id")
--
CREATE UNIQUE INDEX "wagtailcore_referenceindex_base_content_type_id_object_id_to_content_type_id_to_object_id_content_path_hash_9e6ccd6a_uniq" ON "wagtailcore_referenceindex" ("base_content_type_id", "object_id", "to_content_type_id", "to_object_id", "content_path_hash")
--
CREATE INDEX "wagtailcore_referenceindex_base_content_type_id_313cf40f" ON "wagtailcore_referenceindex" ("base_content_type_id")
--
CREATE INDEX "wagtailcore_referenceindex_content_type_id_766e0336" ON "wagtailcore_referenceindex" ("content_type_id")
--
CREATE INDEX "wagtailcore_referenceindex_to_content_type_id_93690bbd" ON "wagtailcore_referenceindex" ("to_content_type_id")
--
CREATE INDEX "wagtailcore_taskstate_content_type_id_0a758fdc" ON "wagtailcore_taskstate" ("content_type_id")
--
CREATE INDEX "wagtailcore_taskstate_task_id_c3677c34" ON "wagtailcore_taskstate" ("task_id")
--
CREATE INDEX "wagtailcore_taskstate_workflow_state_id_9239a775" ON "wagtailcore_taskstate" ("workflow_state_id")
--
CREATE INDEX "wagtailcore_taskstate_finished_by_id_13f98229" ON "wagtailcore_taskstate" ("finished_by_id")
--
CREATE INDEX "wagtailcore_taskstate_revision_id_df25a499" ON "wagtailcore_taskstate" ("revision_id")
--
CREATE UNIQUE INDEX "unique_in_progress_workflow" ON "wagtailcore_workflowstate" ("base_content_type_id", "object_id") WHERE "status" IN ('in_progress', 'needs_changes')
--
CREATE INDEX "wagtailcore_workflowstate_requested_by_id_4090bca3" ON "wagtailcore_workflowstate" ("requested_by_id")
--
CREATE INDEX "wagtailcore_workflowstate_workflow_id_1f18378f" ON "wagtailcore_workflowstate" ("workflow_id")
--
CREATE INDEX "wagtailcore_workflowstate_base_content_type_id_a30dc576" ON "wagtailcore_workflowstate" ("base_content_type_id")
--
CREATE INDEX "wagtailcore_workflowstate_content_type_id_2bb78ce1" ON "wagtailcore_workflowstate" ("content_type_id")
--
CREATE INDEX "workflowstate_ct_id_idx" ON "wagtailcore_workflowstate" ("content_type_id", "object_id")
--
CREATE INDEX "workflowstate_base_ct_id_idx" ON "wagtailcore_workflowstate" ("base_content_type_id", "object_id")
--
CREATE INDEX "wagtailcore_workflowcontenttype_workflow_id_9aad7cd2" ON "wagtailcore_workflowcontenttype" ("workflow_id")
--
CREATE INDEX "wagtailcore_modellogentry_action_d2d856ee" ON "wagtailcore_modellogentry" ("action")
--
CREATE INDEX "wagtailcore_modellogentry_timestamp_9694521b" ON "wagtailcore_modellogentry" ("timestamp")
--
CREATE INDEX "wagtailcore_modellogentry_content_changed_8bc39742" ON "wagtailcore_modellogentry" ("content_changed")
--
CREATE INDEX "wagtailcore_modellogentry_object_id_e0e7d4ef" ON "wagtailcore_modellogentry" ("object_id")
--
CREATE INDEX "wagtailcore_modellogentry_content_type_id_68849e77" ON "wagtailcore_modellogentry" ("content_type_id")
--
CREATE INDEX "wagtailcore_modellogentry_user_id_0278d1bf" ON "wagtailcore_modellogentry" ("user_id")
--
CREATE INDEX "wagtailcore_modellogentry_revision_id_df6ca33a" ON "wagtailcore_modellogentry" ("revision_id")
--
CREATE INDEX "wagtailcore_pagelogentry_action_c2408198" ON "wagtailcore_pagelogentry" ("action")
--
CREATE INDEX "wagtailcore_pagelogentry_timestamp_deb774c4" ON "wagtailcore_pagelogentry" ("timestamp")
--
CREATE INDEX "wagtailcore_pagelogentry_content_changed_99f27ade" ON "wagtailcore_pagelogentry" ("content_changed")
--
CREATE INDEX "wagtailcore_pagelogentry_content_type_id_74e7708a" ON "wagtailcore_pagelogentry" ("content_type_id")
--
CREATE INDEX "wagtailcore_pagelogentry_page_id_8464e327" ON "wagtailcore_pagelogentry" ("page_id")
--
CREATE INDEX "wagtailcore_pagelogentry_revision_id_8043d103" ON "wagtailcore_pagelogentry" ("revision_id")
--
CREATE INDEX "wagtailcore_pagelogentry_user_id_604ccfd8" ON "wagtailcore_pagelogentry" ("user_id")
--
CREATE INDEX "wagtailcore_grouppagepermission_group_id_fc07e671" ON "wagtailcore_grouppagepermission" ("group_id")
--
CREATE INDEX "wagtailcore_grouppagepermission_page_id_710b114a" ON "wagtailcore_grouppagepermission" ("page_id")
--
CREATE INDEX "wagtailcore_grouppagepermission_permission_id_05acb22e" ON "wagtailcore_grouppagepermission" ("permission_id")
--
CREATE INDEX "wagtailcore_revision_created_at_81450aa6" ON "wagtailcore_revision" ("created_at")
--
CREATE INDEX "wagtailcore_revision_approved_go_live_at_88d3dee5" ON "wagtailcore_revision" ("approved_go_live_at")
--
CREATE INDEX "wagtailcore_revision_user_id_03df83b0" ON "wagtailcore_revision" ("user_id")
--
CREATE INDEX "wagtailcore_revision_content_type_id_c8cb69c0" ON "wagtailcore_revision" ("content_type_id")
--
CREATE INDEX "wagtailcore_revision_base_content_type_id_5b4ef7bd" ON "wagtailcore_revision" ("base_content_type_id")
--
CREATE INDEX "content_object_idx" ON "wagtailcore_revision" ("content_type_id", "object_id")
--
CREATE INDEX "base_content_object_idx" ON "wagtailcore_revision" ("base_content_type_id", "object_id")
--
CREATE INDEX "wagtailcore_uploadedfile_for_content_type_id_b0fc87b2" ON "wagtailcore_uploadedfile" ("for_content_type_id")
--
CREATE INDEX "wagtailcore_uploadedfile_uploaded_by_user_id_c7580fe8" ON "wagtailcore_uploadedfile" ("uploaded_by_user_id")
--
CREATE UNIQUE INDEX "wagtailcore_groupsitepermission_group_id_site_id_permission_id_a58ee30d_uniq" ON "wagtailcore_groupsitepermission" ("group_id", "site_id", "permission_id")
--
CREATE INDEX "wagtailcore_groupsitepermission_group_id_e5cdbee4" ON "wagtailcore_groupsitepermission" ("group_id")
--
CREATE INDEX "wagtailcore_groupsitepermission_permission_id_459b1f38" ON "wagtailcore_groupsitepermission" ("permission_id")
--
CREATE INDEX "wagtailcore_groupsitepermission_site_id_245de488" ON "wagtailcore_groupsitepermission" ("site_id")
--
CREATE INDEX "referenceindex_source_object" ON "wagtailcore_referenceindex" ("base_content_type_id", "object_id")
--
CREATE INDEX "referenceindex_target_object" ON "wagtailcore_referenceindex" ("to_content_type_id", "to_object_id")
--
CREATE INDEX "wagtailcore_uuid_d6363b_idx" ON "wagtailcore_modellogentry" ("uuid", "action", "timestamp" DESC)
--
CREATE INDEX "wagtailcore_uuid_06a44d_idx" ON "wagtailcore_pagelogentry" ("uuid", "action", "timestamp" DESC)
--
CREATE INDEX "supporters_contact_name" ON "supporters_contact" ("charity_id", "name_key")
--
CREATE INDEX "supporters_consent_wording_id_55acd4f7" ON "supporters_consent" ("wording_id")
--
CREATE INDEX "supporters_consent_contact_id_a823f87e" ON "supporters_consent" ("contact_id")
--
CREATE INDEX "supporters_contact_supporter_id_5b5e0f22" ON "supporters_contact" ("supporter_id")
--
CREATE INDEX "supporters_supporter_charity_id_3bd4bf76" ON "supporters_supporter" ("charity_id")
--
CREATE INDEX "giving_giftbatch_charity_id_154e839b" ON "giving_giftbatch" ("charity_id")
--
CREATE INDEX "giving_consentquestion_wording_id_8167dd85" ON "giving_consentquestion" ("wording_id")
--
CREATE INDEX "giving_consentquestion_form_id_6b312b31" ON "giving_consentquestion" ("form_id")
--
CREATE INDEX "giving_formfund_form_id_681d1d5f" ON "giving_formfund" ("form_id")
--
CREATE INDEX "giving_formfund_fund_id_50974fb4" ON "giving_formfund" ("fund_id")
--
CREATE INDEX "giving_formnumber_charity_id_8730ead0" ON "giving_formnumber" ("charity_id")
--
CREATE INDEX "giving_formnumber_form_id_b21176c7" ON "giving_formnumber" ("form_id")
--
CREATE INDEX "giving_funnelcount_form_id_1ae158ce" ON "giving_funnelcount" ("form_id")
--
CREATE INDEX "giving_suggestedamount_form_id_ea94290a" ON "giving_suggestedamount" ("form_id")
--
CREATE INDEX "backoffice__account_c3b00e_idx" ON "backoffice_signintry" ("account", "at" DESC)
--
CREATE INDEX "backoffice__network_1f0312_idx" ON "backoffice_signintry" ("network", "at" DESC)
--
CREATE INDEX "payments_event_attempt_id_6a068a03" ON "payments_event" ("attempt_id")
--
CREATE INDEX "payments_refundevent_refund_id_a0de60ae" ON "payments_refundevent" ("refund_id")
--
CREATE INDEX "payments_refund_attempt_id_0b419ab4" ON "payments_refund" ("attempt_id")
--
CREATE INDEX "payments_refund_look" ON "payments_refund" ("look_at") WHERE "look_at" IS NOT NULL
--
CREATE UNIQUE INDEX "payments_refund_object_once" ON "payments_refund" ("attempt_id", "gateway_id") WHERE "gateway_id" IS NOT NULL
--
CREATE UNIQUE INDEX "payments_one_open_attempt" ON "payments_attempt" ("gift_id") WHERE "state" IN ('new', 'created', 'confirming', 'action_required', 'processing', 'unknown', 'awaiting')
--
CREATE INDEX "payments_attempt_look" ON "payments_attempt" ("look_at") WHERE "look_at" IS NOT NULL
--
CREATE UNIQUE INDEX "payments_gateway_object_once" ON "payments_attempt" ("gateway", "account", "gateway_id") WHERE "gateway_id" IS NOT NULL
--
CREATE INDEX "payments_disputeevent_dispute_id_ae81f4be" ON "payments_disputeevent" ("dispute_id")
--
CREATE INDEX "payments_payoutevent_payout_id_45d67b08" ON "payments_payoutevent" ("payout_id")
--
CREATE INDEX "payments_dispute_attempt_id_1cb49aab" ON "payments_dispute" ("attempt_id")
--
CREATE INDEX "payments_payout_charity_id_f49bfa4d" ON "payments_payout" ("charity_id")
--
CREATE INDEX "payments_bankcredit_charity_id_c3516b24" ON "payments_bankcredit" ("charity_id")
--
CREATE UNIQUE INDEX "payments_one_reply" ON "payments_disputereply" ("dispute_id") WHERE NOT ("state" = 'refused')
--
CREATE INDEX "payments_disputereply_dispute_id_d9b17b8c" ON "payments_disputereply" ("dispute_id")
--
CREATE INDEX "payments_disputefile_reply_id_6fe922bb" ON "payments_disputefile" ("reply_id")
--
CREATE INDEX "banking_statement_account_id_35170475" ON "banking_statement" ("account_id")
--
CREATE INDEX "banking_statement_charity_id_8e130865" ON "banking_statement" ("charity_id")
--
CREATE INDEX "banking_bankaccount_charity_id_63376ea1" ON "banking_bankaccount" ("charity_id")
--
CREATE INDEX "banking_statement_newest" ON "banking_statement" ("charity_id", "created_at" DESC)
--
CREATE UNIQUE INDEX "banking_line_once" ON "banking_statementline" ("account_id", "fingerprint") WHERE NOT ("outcome" = 'undone')
--
CREATE INDEX "banking_statementline_account_id_889bf5c7" ON "banking_statementline" ("account_id")
--
CREATE INDEX "banking_statementline_statement_id_cd323feb" ON "banking_statementline" ("statement_id")
--
CREATE INDEX "banking_line_outcome" ON "banking_statementline" ("statement_id", "outcome")
--
CREATE INDEX "charities_phrase_charity_id_3851ab00" ON "charities_phrase" ("charity_id")
--
CREATE INDEX "charities_phrase_language" ON "charities_phrase" ("charity_id", "language")
--
CREATE INDEX "consents_consent_charity_id_c5f0ab5f" ON "consents_consent" ("charity_id")
--
CREATE INDEX "consents_consent_owner_id_a4a70099" ON "consents_consent" ("owner_id")
--
CREATE INDEX "consents_expiry" ON "consents_consent" ("expires_on")
--
CREATE INDEX "consents_covered_consent_id_458eda77" ON "consents_covered" ("consent_id")
--
CREATE INDEX "consents_covered_digest" ON "consents_covered" ("digest")
--
CREATE INDEX "consents_externaluse_consent_id_09701e28" ON "consents_externaluse" ("consent_id")
--
CREATE INDEX "crm_person_charity_id_885cd471" ON "crm_person" ("charity_id")
--
CREATE INDEX "crm_appealcampaign_charity_id_a52c695d" ON "crm_appealcampaign" ("charity_id")
--
CREATE INDEX "crm_mirror_by_state" ON "crm_mirror" ("charity_id", "state", "asked_at" DESC)
--
CREATE INDEX "plans_planevent_plan_id_81821463" ON "plans_planevent" ("plan_id")
--
CREATE UNIQUE INDEX "plans_one_open_run" ON "plans_chargerun" ("gateway") WHERE "ended_at" IS NULL
--
CREATE INDEX "plans_withdrawal_event_id_79089f3e" ON "plans_withdrawal" ("event_id")
--
CREATE INDEX "plans_withdrawal_period_id_fcaf906f" ON "plans_withdrawal" ("period_id")
--
CREATE INDEX "plans_withdrawal_plan_id_9996a55f" ON "plans_withdrawal" ("plan_id")
--
CREATE INDEX "plans_period_open" ON "plans_period" ("created_at") WHERE "state" IN ('due', 'charging')
--
CREATE INDEX "plans_period_wake" ON "plans_period" ("wake_at") WHERE "wake_at" IS NOT NULL
--
CREATE INDEX "plans_planalias_plan_id_2a1c6e20" ON "plans_planalias" ("plan_id")
--
CREATE INDEX "plans_event_declined" ON "plans_planevent" ("at") WHERE "name" = 'declined'
--
CREATE INDEX "impact_result_programme_id_79d5c190" ON "impact_result" ("programme_id")
--
CREATE INDEX "impact_partner_charity_id_fecb1924" ON "impact_partner" ("charity_id")
--
CREATE INDEX "impact_programme_slug_5811f17d" ON "impact_programme" ("slug")
--
CREATE INDEX "impact_programme_charity_id_e724f1a6" ON "impact_programme" ("charity_id")
--
CREATE INDEX "impact_partnership_partner_id_24bbae7a" ON "impact_partnership" ("partner_id")
--
CREATE INDEX "impact_partnership_programme_id_2b3ec062" ON "impact_partnership" ("programme_id")
--
CREATE INDEX "impact_observation_indicator_id_0dac62fe" ON "impact_observation" ("indicator_id")
--
CREATE INDEX "impact_observation_source_id_1cacbb91" ON "impact_observation" ("source_id")
--
CREATE INDEX "impact_target_indicator_id_b7881bd0" ON "impact_target" ("indicator_id")
--
CREATE INDEX "impact_indicator_slug_86ac7ce2" ON "impact_indicator" ("slug")
--
CREATE INDEX "impact_indicator_result_id_eeed3deb" ON "impact_indicator" ("result_id")
--
CREATE INDEX "impact_dimension_indicator_id_3ca25a81" ON "impact_dimension" ("indicator_id")
--
CREATE INDEX "impact_figurefile_charity_id_e15693ec" ON "impact_figurefile" ("charity_id")
--
CREATE INDEX "impact_file_newest" ON "impact_figurefile" ("charity_id", "created_at" DESC)
--
CREATE UNIQUE INDEX "impact_programme_funds_programme_id_fund_id_b8752aa3_uniq" ON "impact_programme_funds" ("programme_id", "fund_id")
--
CREATE INDEX "impact_programme_funds_programme_id_6ae343b3" ON "impact_programme_funds" ("programme_id")
--
CREATE INDEX "impact_programme_funds_fund_id_1e2e8030" ON "impact_programme_funds" ("fund_id")
--
CREATE INDEX "donors_hit_email" ON "donors_askhit" ("email", "at")
--
CREATE INDEX "donors_hit_network" ON "donors_askhit" ("network", "at")
--
CREATE INDEX "donors_planmail_plan_id_3c9606f6" ON "donors_planmail" ("plan_id")
--
CREATE INDEX "donors_visit_supporter_id_71a37fb3" ON "donors_visit" ("supporter_id")
--
CREATE INDEX "donors_visit_token_before" ON "donors_visit" ("token_before") WHERE NOT ("token_before" = '')
--
CREATE INDEX "donors_visit_began" ON "donors_visit" ("began_at")
--
CREATE INDEX "donors_linkrequest_supporter_id_8f03fdbe" ON "donors_linkrequest" ("supporter_id")
--
CREATE INDEX "donors_link_asked" ON "donors_linkrequest" ("asked_at")
--
CREATE INDEX "donors_link_browser" ON "donors_linkrequest" ("browser")
--
CREATE INDEX "donors_reachedmail_charity_id_2ae77684" ON "donors_reachedmail" ("charity_id")
--
CREATE INDEX "donors_reachedmail_contact_id_21d6f1c0" ON "donors_reachedmail" ("contact_id")
--
CREATE INDEX "donors_reachedmail_correction_id_fdad454e" ON "donors_reachedmail" ("correction_id")
--
CREATE INDEX "donors_reached_of_year" ON "donors_reachedmail" ("charity_id", "kind", "year")
--
CREATE INDEX "donors_told_contact_id_ed3157d2" ON "donors_told" ("contact_id")
--
CREATE INDEX "donors_told_mail_id_21bc7c40" ON "donors_told" ("mail_id")
--
CREATE INDEX "donors_told_observation_id_4cd9a7ff" ON "donors_told" ("observation_id")
--
CREATE UNIQUE INDEX "donors_set_up_object" ON "donors_methodsetup" ("gateway", "gateway_id") WHERE NOT ("gateway_id" = '')
--
CREATE INDEX "donors_methodsetup_plan_id_c482c37d" ON "donors_methodsetup" ("plan_id")
--
CREATE INDEX "donors_set_up_look" ON "donors_methodsetup" ("look_at") WHERE "look_at" IS NOT NULL
--
CREATE UNIQUE INDEX "donors_set_up_marked_once" ON "donors_methodsetup" ("gateway", "token_mark") WHERE "token_mark" IS NOT NULL
--
CREATE INDEX "giving_batchline_fund_id_b3b76bb9" ON "giving_batchline" ("fund_id")
--
CREATE INDEX "giving_batchline_batch_id_18145de0" ON "giving_batchline" ("batch_id")
--
CREATE INDEX "giving_formcurrency_form_id_d710e3d7" ON "giving_formcurrency" ("form_id")
--
CREATE INDEX "giving_gift_form_id_49205e0f" ON "giving_gift" ("form_id")
--
CREATE INDEX "giving_gift_fund_id_31d4cea1" ON "giving_gift" ("fund_id")
--
CREATE INDEX "giving_gift_batch_id_7a8da409" ON "giving_gift" ("batch_id")
--
CREATE INDEX "giving_gift_plan_id_774d3fd7" ON "giving_gift" ("plan_id")
--
CREATE INDEX "giving_gift_newest" ON "giving_gift" ("charity_id", "given_at" DESC)
--
CREATE INDEX "giving_gift_status" ON "giving_gift" ("charity_id", "status", "given_at" DESC)
--
CREATE INDEX "giving_gift_settled" ON "giving_gift" ("charity_id", "settled_at")
--
CREATE INDEX "giving_gift_flagged" ON "giving_gift" ("charity_id") WHERE NOT ("flag" = '')
--
CREATE INDEX "giving_donationform_slug_bf73af23" ON "giving_donationform" ("slug")
--
CREATE INDEX "giving_donationform_charity_id_c65e010b" ON "giving_donationform" ("charity_id")
--
CREATE INDEX "giving_gift_waits" ON "giving_gift" ("charity_id", "plan_origin") WHERE ("plan_id" IS NULL AND "plan_origin" IS NOT NULL)
--
CREATE INDEX "giving_hit_address" ON "giving_limithit" ("address", "at")
--
CREATE INDEX "giving_hit_email" ON "giving_limithit" ("email", "at")
--
CREATE INDEX "giving_hit_form" ON "giving_limithit" ("form_id", "at")
--
CREATE UNIQUE INDEX "giving_one_attack_a_form" ON "giving_attack" ("form_id") WHERE "ended_at" IS NULL
--
CREATE INDEX "giving_attack_form_id_9819589b" ON "giving_attack" ("form_id")
--
CREATE INDEX "impact_claim_charity_id_b6b8756a" ON "impact_claim" ("charity_id")
--
CREATE INDEX "impact_claim_indicator_id_d63f2e3e" ON "impact_claim" ("indicator_id")
--
CREATE INDEX "impact_claim_observation_id_0b44497f" ON "impact_claim" ("observation_id")
--
CREATE INDEX "impact_claim_owner_id_fd85edf6" ON "impact_claim" ("owner_id")
--
CREATE INDEX "impact_claim_state" ON "impact_claim" ("charity_id", "state") WHERE "ended_at" IS NULL
--
CREATE INDEX "impact_release_observation_id_78f72269" ON "impact_release" ("observation_id")
--
CREATE UNIQUE INDEX "impact_translation_programme_once" ON "impact_translation" ("programme_id", "language") WHERE ("indicator_id" IS NULL AND "result_id" IS NULL)
--
CREATE UNIQUE INDEX "impact_translation_result_once" ON "impact_translation" ("result_id", "language") WHERE "result_id" IS NOT NULL
--
CREATE UNIQUE INDEX "impact_translation_indicator_once" ON "impact_translation" ("indicator_id", "language") WHERE "indicator_id" IS NOT NULL
--
CREATE INDEX "impact_translation_indicator_id_c562fe9d" ON "impact_translation" ("indicator_id")
--
CREATE INDEX "impact_translation_programme_id_d0cebc72" ON "impact_translation" ("programme_id")
--
CREATE INDEX "impact_translation_result_id_9e2099f0" ON "impact_translation" ("result_id")
--
CREATE INDEX "impact_wording_charity_id_e5a8385e" ON "impact_wording" ("charity_id")
--
CREATE INDEX "impact_source_charity_id_9ff56ce8" ON "impact_source" ("charity_id")
--
CREATE INDEX "ledger_account_charity_id_4d9f8e87" ON "ledger_account" ("charity_id")
--
CREATE INDEX "ledger_posting_charity_id_3cec14e5" ON "ledger_posting" ("charity_id")
--
CREATE INDEX "ledger_posting_credit_id_04b355dc" ON "ledger_posting" ("credit_id")
--
CREATE INDEX "ledger_posting_debit_id_1043b8d8" ON "ledger_posting" ("debit_id")
--
CREATE INDEX "ledger_posting_tag" ON "ledger_posting" ("tag", "currency") WHERE NOT ("tag" = '')
--
CREATE INDEX "ledger_closing_charity_id_36f13e39" ON "ledger_closing" ("charity_id")
--
CREATE INDEX "ledger_dayproved_charity_id_89fd25d6" ON "ledger_dayproved" ("charity_id")
--
CREATE INDEX "otp_totp_totpdevice_user_id_0fb18292" ON "otp_totp_totpdevice" ("user_id")
--
CREATE INDEX "outbox_job_ready" ON "outbox_job" ("run_at") WHERE "state" = 'ready'
--
CREATE INDEX "outbox_job_leased" ON "outbox_job" ("lease_until") WHERE "state" = 'leased'
--
CREATE INDEX "outbox_job_dead" ON "outbox_job" ("finished_at" DESC) WHERE "state" = 'dead'
--
CREATE INDEX "outbox_job_done" ON "outbox_job" ("finished_at") WHERE "state" = 'done'
--
CREATE INDEX "plans_oldmethod_event_id_8d8a0841" ON "plans_oldmethod" ("event_id")
--
CREATE INDEX "plans_oldmethod_plan_id_5271ecbe" ON "plans_oldmethod" ("plan_id")
--
CREATE INDEX "plans_plan_contact_id_b6f89eba" ON "plans_plan" ("contact_id")
--
CREATE INDEX "plans_plan_fund_id_2113645c" ON "plans_plan" ("fund_id")
--
CREATE INDEX "plans_plan_state" ON "plans_plan" ("charity_id", "state", "created_at" DESC)
--
CREATE INDEX "plans_plan_due" ON "plans_plan" ("gateway", "next_at") WHERE "next_at" IS NOT NULL
--
CREATE INDEX "plans_plan_resume" ON "plans_plan" ("resume_on") WHERE "resume_on" IS NOT NULL
--
CREATE INDEX "plans_plan_method" ON "plans_plan" ("saved_method") WHERE NOT ("saved_method" = '')
--
CREATE INDEX "plans_plan_newest" ON "plans_plan" ("charity_id", "created_at" DESC)
--
CREATE INDEX "plans_plan_next" ON "plans_plan" ("charity_id", "next_on")
--
CREATE INDEX "plans_plan_amount" ON "plans_plan" ("charity_id", "amount_minor")
--
CREATE INDEX "plans_plan_waits" ON "plans_plan" ("charity_id") WHERE (NOT ("decline_code" = '') OR NOT "method_usable")
--
CREATE INDEX "plans_plan_mark" ON "plans_plan" ("method_mark") WHERE "method_mark" IS NOT NULL
--
CREATE INDEX "receipts_transliterated" ON "receipts_receiptseal" ("at") WHERE "transliterated"
--
CREATE INDEX "receipts_receiptdelivery_gift_id_a01325a0" ON "receipts_receiptdelivery" ("gift_id")
--
CREATE INDEX "receipts_receiptdelivery_receipt_id_235142d2" ON "receipts_receiptdelivery" ("receipt_id")
--
CREATE INDEX "receipts_mail_provider" ON "receipts_receiptdelivery" ("provider_id") WHERE NOT ("provider_id" = '')
--
CREATE INDEX "receipts_mail_trouble" ON "receipts_receiptdelivery" ("created_at" DESC) WHERE "state" IN ('bounced', 'failed')
--
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date")
--
CREATE UNIQUE INDEX "wagtailimages_rendition_image_id_filter_spec_focal_point_key_323c8fe0_uniq" ON "wagtailimages_rendition" ("image_id", "filter_spec", "focal_point_key")
--
CREATE INDEX "wagtailimages_rendition_filter_spec_1cba3201" ON "wagtailimages_rendition" ("filter_spec")
--
CREATE INDEX "wagtailimages_rendition_image_id_3e1fd774" ON "wagtailimages_rendition" ("image_id")
--
CREATE INDEX "wagtailimages_image_created_at_86fa6cd4" ON "wagtailimages_image" ("created_at")
--
CREATE INDEX "wagtailimages_image_uploaded_by_user_id_5d73dc75" ON "wagtailimages_image" ("uploaded_by_user_id")
--
CREATE INDEX "wagtailimages_image_collection_id_c2f8af7e" ON "wagtailimages_image" ("collection_id")
--
CREATE INDEX "wagtailimages_image_file_hash_fb5bbb23" ON "wagtailimages_image" ("file_hash")
--
CREATE INDEX "stories_relatedstory_other_id_abecbe9f" ON "stories_relatedstory" ("other_id")
--
CREATE INDEX "stories_relatedstory_story_id_4c4b2cdd" ON "stories_relatedstory" ("story_id")
--
CREATE INDEX "stories_importedpicture_charity_id_8384d566" ON "stories_importedpicture" ("charity_id")
--
CREATE INDEX "stories_importedpicture_image_id_2019285e" ON "stories_importedpicture" ("image_id")
--
CREATE INDEX "stories_importedpost_charity_id_8cc056b5" ON "stories_importedpost" ("charity_id")
--
CREATE INDEX "stories_importedpost_page_id_02b617a1" ON "stories_importedpost" ("page_id")
--
CREATE INDEX "stories_imported_number" ON "stories_importedpost" ("charity_id", "number")
--
CREATE INDEX "stories_move_charity_id_6b02fa12" ON "stories_move" ("charity_id")
--
CREATE INDEX "stories_moveline_move_id_3d8021bd" ON "stories_moveline" ("move_id")
--
CREATE INDEX "stories_moveline_page_id_64007775" ON "stories_moveline" ("page_id")
--
CREATE INDEX "stories_movepart_move_id_83796db1" ON "stories_movepart" ("move_id")
--
CREATE INDEX "stories_picturemark_digest_c3238b67" ON "stories_picturemark" ("digest")
--
CREATE INDEX "stories_storypage_lead_image_id_46361f39" ON "stories_storypage" ("lead_image_id")
--
CREATE INDEX "supporters_consentwording_charity_id_a1d8696d" ON "supporters_consentwording" ("charity_id")
--
CREATE INDEX "supporters_consentwording_of_id_4b772f07" ON "supporters_consentwording" ("of_id")
--
CREATE INDEX "taggit_taggeditem_object_id_e2d7d1df" ON "taggit_taggeditem" ("object_id")
--
CREATE INDEX "taggit_taggeditem_content_type_id_9957a03c" ON "taggit_taggeditem" ("content_type_id")
--
CREATE INDEX "taggit_taggeditem_tag_id_f4f5b767" ON "taggit_taggeditem" ("tag_id")
--
CREATE INDEX "taggit_tagg_content_8fc721_idx" ON "taggit_taggeditem" ("content_type_id", "object_id")
--
CREATE INDEX "wagtailadmin_editingsession_content_type_id_4df7730e" ON "wagtailadmin_editingsession" ("content_type_id")
--
CREATE INDEX "wagtailadmin_editingsession_user_id_6e1a9b70" ON "wagtailadmin_editingsession" ("user_id")
--
CREATE INDEX "wagtailadmi_content_717955_idx" ON "wagtailadmin_editingsession" ("content_type_id", "object_id")
--
CREATE INDEX "wagtailadmin_formstate_content_type_id_e32438b3" ON "wagtailadmin_formstate" ("content_type_id")
--
CREATE INDEX "wagtailadmin_formstate_user_id_b910adc2" ON "wagtailadmin_formstate" ("user_id")
--
CREATE INDEX "formstate_user_object" ON "wagtailadmin_formstate" ("user_id", "content_type_id", "object_id", "parent_object_id")
--
CREATE INDEX "wagtaildocs_document_uploaded_by_user_id_17258b41" ON "wagtaildocs_document" ("uploaded_by_user_id")
--
CREATE INDEX "wagtaildocs_document_collection_id_23881625" ON "wagtaildocs_document" ("collection_id")
--
CREATE INDEX "wagtailembeds_embed_cache_until_26c94bb0" ON "wagtailembeds_embed" ("cache_until")
--
CREATE UNIQUE INDEX "wagtailredirects_redirect_old_path_site_id_783622d7_uniq" ON "wagtailredirects_redirect" ("old_path", "site_id")
--
CREATE INDEX "wagtailredirects_redirect_old_path_bb35247b" ON "wagtailredirects_redirect" ("old_path")
--
CREATE INDEX "wagtailredirects_redirect_redirect_page_id_b5728a8f" ON "wagtailredirects_redirect" ("redirect_page_id")
--
CREATE INDEX "wagtailredirects_redirect_site_id_780a0e1e" ON "wagtailredirects_redirect" ("site_id")
--
CREATE UNIQUE INDEX "wagtailsearch_indexentry_content_type_id_object_id_bcd7ba73_uniq" ON "wagtailsearch_indexentry" ("content_type_id", "object_id")
--
CREATE INDEX "wagtailsearch_indexentry_content_type_id_62ed694f" ON "wagtailsearch_indexentry" ("content_type_id")
--
CREATE TRIGGER insert_wagtailsearch_indexentry_fts AFTER INSERT ON wagtailsearch_indexentry BEGIN INSERT INTO wagtailsearch_indexentry_fts(title, body, autocomplete, rowid) VALUES (NEW.title, NEW.body, NEW.autocomplete, NEW.id); END
--
CREATE TRIGGER update_wagtailsearch_indexentry_fts AFTER UPDATE ON wagtailsearch_indexentry BEGIN UPDATE wagtailsearch_indexentry_fts SET title=NEW.title, body=NEW.body, autocomplete=NEW.autocomplete WHERE rowid=NEW.id; END
--
CREATE TRIGGER delete_wagtailsearch_indexentry_fts AFTER DELETE ON wagtailsearch_indexentry BEGIN DELETE FROM wagtailsearch_indexentry_fts WHERE rowid=OLD.id; END
--
CREATE INDEX "webhooks_endpointsecret_endpoint_id_cb871419" ON "webhooks_endpointsecret" ("endpoint_id")
--
CREATE INDEX "webhooks_try_delivery_id_e731571c" ON "webhooks_try" ("delivery_id")
--
CREATE INDEX "webhooks_endpoint_charity_id_8732f9d6" ON "webhooks_endpoint" ("charity_id")
--
CREATE INDEX "webhooks_delivery_due" ON "webhooks_delivery" ("endpoint_id", "next_at") WHERE "state" = 'waiting'
--
CREATE INDEX "webhooks_delivery_newest" ON "webhooks_delivery" ("endpoint_id", "made_at" DESC)
--
CREATE INDEX "webhooks_delivery_made" ON "webhooks_delivery" ("made_at")
--
CREATE UNIQUE INDEX "webhooks_one_newest_secret" ON "webhooks_endpointsecret" ("endpoint_id") WHERE "good_until" IS NULL
