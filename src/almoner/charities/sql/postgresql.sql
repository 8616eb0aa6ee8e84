-- Written by script/new-database
-- body 1ba9eca0d9a60eab
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

CREATE TABLE api_apicall (
    id bigint NOT NULL,
    key character varying(255) NOT NULL,
    fingerprint character varying(64) NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    status smallint,
    answer jsonb,
    token_id bigint NOT NULL,
    CONSTRAINT api_apicall_status_check CHECK ((status >= 0))
);
ALTER TABLE api_apicall ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME api_apicall_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE api_apirate (
    token_id bigint NOT NULL,
    minute bigint NOT NULL,
    calls integer NOT NULL,
    CONSTRAINT api_apirate_calls_check CHECK ((calls >= 0))
);
CREATE TABLE api_apitoken (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    digest character varying(64) NOT NULL,
    begins character varying(12) NOT NULL,
    scopes jsonb NOT NULL,
    made_by_id bigint NOT NULL,
    made_by_name character varying(150) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    used_on date,
    charity_id bigint NOT NULL
);
ALTER TABLE api_apitoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME api_apitoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth_user (
    id integer NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    is_superuser boolean NOT NULL,
    username character varying(150) NOT NULL,
    first_name character varying(150) NOT NULL,
    last_name character varying(150) NOT NULL,
    email character varying(254) NOT NULL,
    is_staff boolean NOT NULL,
    is_active boolean NOT NULL,
    date_joined timestamp with time zone NOT NULL
);
CREATE TABLE auth_user_groups (
    id bigint NOT NULL,
    user_id integer NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE auth_user_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_user_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE auth_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE auth_user_user_permissions (
    id bigint NOT NULL,
    user_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE auth_user_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_user_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE backoffice_signintry (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    account character varying(22) NOT NULL,
    network character varying(22) NOT NULL,
    succeeded boolean NOT NULL
);
ALTER TABLE backoffice_signintry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME backoffice_signintry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE banking_bankaccount (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    currency character varying(3) NOT NULL,
    number character varying(40) NOT NULL,
    columns jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    charity_id bigint NOT NULL
);
ALTER TABLE banking_bankaccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME banking_bankaccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE banking_statement (
    id uuid NOT NULL,
    file_name character varying(200) NOT NULL,
    content bytea,
    state character varying(10) NOT NULL,
    imported_by_id bigint NOT NULL,
    imported_by_name character varying(150) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone,
    finished_at timestamp with time zone,
    known integer NOT NULL,
    pending integer NOT NULL,
    left_out_count integer NOT NULL,
    left_out jsonb NOT NULL,
    account_id bigint NOT NULL,
    charity_id bigint NOT NULL,
    CONSTRAINT banking_statement_known_check CHECK ((known >= 0)),
    CONSTRAINT banking_statement_left_out_count_check CHECK ((left_out_count >= 0)),
    CONSTRAINT banking_statement_pending_check CHECK ((pending >= 0))
);
CREATE TABLE banking_statementline (
    id bigint NOT NULL,
    number integer NOT NULL,
    booked_on date NOT NULL,
    amount_minor bigint NOT NULL,
    text text NOT NULL,
    fingerprint character varying(64) NOT NULL,
    outcome character varying(10) NOT NULL,
    note character varying(200) NOT NULL,
    account_id bigint NOT NULL,
    credit_id uuid,
    statement_id uuid NOT NULL,
    payout_id uuid,
    CONSTRAINT banking_statementline_number_check CHECK ((number >= 0))
);
ALTER TABLE banking_statementline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME banking_statementline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE charities_auditentry (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id bigint,
    actor_name character varying(150) NOT NULL,
    action character varying(60) NOT NULL,
    object_type character varying(40) NOT NULL,
    object_id character varying(64) NOT NULL,
    detail jsonb NOT NULL,
    previous_hash character varying(64) NOT NULL,
    hash character varying(64) NOT NULL,
    charity_id bigint
);
ALTER TABLE charities_auditentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME charities_auditentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE charities_audithead (
    id bigint NOT NULL,
    count bigint NOT NULL,
    hash character varying(64) NOT NULL
);
ALTER TABLE charities_audithead ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME charities_audithead_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE charities_charity (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(120) NOT NULL,
    legal_name character varying(200) NOT NULL,
    country character varying(2) NOT NULL,
    timezone character varying(64) NOT NULL,
    currency character varying(3) NOT NULL,
    language character varying(10) NOT NULL,
    tax_numbers jsonb NOT NULL,
    address_lines text NOT NULL,
    email character varying(254) NOT NULL,
    phone character varying(40) NOT NULL,
    website character varying(200) NOT NULL,
    privacy_url character varying(200) NOT NULL,
    mail_from character varying(254) NOT NULL,
    logo_svg text NOT NULL,
    colour_primary character varying(7) NOT NULL,
    colour_accent character varying(7) NOT NULL,
    bank_details jsonb NOT NULL,
    is_default boolean NOT NULL
);
ALTER TABLE charities_charity ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME charities_charity_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE charities_charityhost (
    id bigint NOT NULL,
    host character varying(253) NOT NULL,
    charity_id bigint NOT NULL
);
ALTER TABLE charities_charityhost ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME charities_charityhost_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE charities_contentstamp (
    charity_id bigint NOT NULL,
    version bigint NOT NULL
);
CREATE TABLE charities_fund (
    id bigint NOT NULL,
    code character varying(40) NOT NULL,
    name character varying(120) NOT NULL,
    line character varying(200) NOT NULL,
    deductible boolean NOT NULL,
    endorsed_name character varying(200) NOT NULL,
    endorsed_abn character varying(20) NOT NULL,
    is_default boolean NOT NULL,
    active boolean NOT NULL,
    charity_id bigint NOT NULL,
    CONSTRAINT charities_deductible_fund_is_endorsed CHECK (((NOT deductible) OR ((NOT ((endorsed_name)::text = ''::text)) AND (NOT ((endorsed_abn)::text = ''::text)))))
);
ALTER TABLE charities_fund ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME charities_fund_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE charities_phrase (
    id bigint NOT NULL,
    language character varying(10) NOT NULL,
    own text NOT NULL,
    text text NOT NULL,
    by_id bigint NOT NULL,
    by_name character varying(150) NOT NULL,
    at timestamp with time zone NOT NULL,
    charity_id bigint NOT NULL,
    CONSTRAINT charities_phrase_of_something CHECK (((NOT (own = ''::text)) AND (NOT ((language)::text = ''::text))))
);
ALTER TABLE charities_phrase ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME charities_phrase_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE charities_staffscope (
    id bigint NOT NULL,
    charity_id bigint NOT NULL,
    user_id integer NOT NULL
);
ALTER TABLE charities_staffscope ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME charities_staffscope_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE consents_consent (
    id bigint NOT NULL,
    portrayal character varying(12) NOT NULL,
    pseudonym character varying(60) NOT NULL,
    named character varying(8) NOT NULL,
    identifiable boolean NOT NULL,
    minor boolean NOT NULL,
    guardian boolean NOT NULL,
    taken_by character varying(120) NOT NULL,
    taken_on date NOT NULL,
    language character varying(35) NOT NULL,
    form_hash character varying(64) NOT NULL,
    channels jsonb NOT NULL,
    countries jsonb NOT NULL,
    fundraising boolean NOT NULL,
    expires_on date,
    embargoed boolean NOT NULL,
    embargo_until date,
    embargo_reason character varying(300) NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    charity_id bigint NOT NULL,
    owner_id integer,
    CONSTRAINT consents_changed_name_is_given CHECK (((NOT ((named)::text = 'changed'::text)) OR (NOT ((pseudonym)::text = ''::text)))),
    CONSTRAINT consents_embargo_has_a_reason CHECK (((NOT embargoed) OR (NOT ((embargo_reason)::text = ''::text)))),
    CONSTRAINT consents_minor_is_guarded CHECK (((NOT minor) OR (guardian AND (NOT ((named)::text = 'own'::text))))),
    CONSTRAINT consents_person_agreed_in_writing CHECK (((portrayal IN ('illustrative', 'nobody')) OR ((expires_on IS NOT NULL) AND (NOT ((form_hash)::text = ''::text)) AND (NOT ((language)::text = ''::text)))))
);
ALTER TABLE consents_consent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME consents_consent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE consents_covered (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    digest character varying(64) NOT NULL,
    words text NOT NULL,
    added_at timestamp with time zone NOT NULL,
    consent_id bigint NOT NULL
);
ALTER TABLE consents_covered ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME consents_covered_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE consents_externaluse (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    "where" character varying(300) NOT NULL,
    used_on date NOT NULL,
    entered_by character varying(150) NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    ended_by character varying(150) NOT NULL,
    ended_at timestamp with time zone,
    consent_id bigint NOT NULL,
    CONSTRAINT consents_use_ended_by_somebody CHECK ((((ended_at IS NULL) AND ((ended_by)::text = ''::text)) OR ((ended_at IS NOT NULL) AND (NOT ((ended_by)::text = ''::text)))))
);
ALTER TABLE consents_externaluse ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME consents_externaluse_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE consents_withdrawal (
    id bigint NOT NULL,
    by character varying(8) NOT NULL,
    why character varying(300) NOT NULL,
    recorded_by character varying(150) NOT NULL,
    at timestamp with time zone NOT NULL,
    consent_id bigint NOT NULL
);
ALTER TABLE consents_withdrawal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME consents_withdrawal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE crm_appealcampaign (
    id bigint NOT NULL,
    appeal character varying(60) NOT NULL,
    campaign_id character varying(18) NOT NULL,
    charity_id bigint NOT NULL
);
ALTER TABLE crm_appealcampaign ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME crm_appealcampaign_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE crm_fundunit (
    id bigint NOT NULL,
    unit_id character varying(18) NOT NULL,
    fund_id bigint NOT NULL
);
ALTER TABLE crm_fundunit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME crm_fundunit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE crm_link (
    id bigint NOT NULL,
    active boolean NOT NULL,
    since date NOT NULL,
    record_type_id character varying(18) NOT NULL,
    stage_paid character varying(40) NOT NULL,
    stage_lost character varying(40) NOT NULL,
    multi_currency boolean NOT NULL,
    paused_until timestamp with time zone,
    paused_code character varying(60) NOT NULL,
    charity_id bigint NOT NULL
);
ALTER TABLE crm_link ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME crm_link_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE crm_mirror (
    id bigint NOT NULL,
    kind character varying(4) NOT NULL,
    object_id uuid NOT NULL,
    state character varying(8) NOT NULL,
    wanted integer NOT NULL,
    tries smallint NOT NULL,
    code character varying(60) NOT NULL,
    about character varying(60) NOT NULL,
    fields jsonb NOT NULL,
    said character varying(300) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    salesforce_id character varying(18) NOT NULL,
    charity_id bigint NOT NULL,
    CONSTRAINT crm_mirror_held_why CHECK (((NOT ((state)::text = 'held'::text)) OR (NOT ((code)::text = ''::text)))),
    CONSTRAINT crm_mirror_sent_at CHECK (((NOT ((state)::text = 'sent'::text)) OR (sent_at IS NOT NULL))),
    CONSTRAINT crm_mirror_state CHECK ((state IN ('waiting', 'sent', 'held', 'left_out'))),
    CONSTRAINT crm_mirror_tries_check CHECK ((tries >= 0)),
    CONSTRAINT crm_mirror_wanted_check CHECK ((wanted >= 0))
);
ALTER TABLE crm_mirror ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME crm_mirror_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE crm_person (
    id bigint NOT NULL,
    key character varying(80) NOT NULL,
    corrected integer NOT NULL,
    sent_corrected integer,
    charity_id bigint NOT NULL,
    CONSTRAINT crm_person_corrected_check CHECK ((corrected >= 0)),
    CONSTRAINT crm_person_sent_corrected_check CHECK ((sent_corrected >= 0))
);
ALTER TABLE crm_person ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME crm_person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE crm_place (
    "table" character varying(60) NOT NULL,
    after bigint NOT NULL
);
CREATE TABLE django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE TABLE donors_askhit (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    email character varying(22) NOT NULL,
    network character varying(22) NOT NULL
);
ALTER TABLE donors_askhit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME donors_askhit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE donors_linkrequest (
    id bigint NOT NULL,
    key character varying(22) NOT NULL,
    browser character varying(64) NOT NULL,
    host character varying(253) NOT NULL,
    language character varying(10) NOT NULL,
    onward character varying(20) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    used_at timestamp with time zone,
    wrong_codes smallint NOT NULL,
    charity_id bigint NOT NULL,
    supporter_id bigint,
    CONSTRAINT donors_linkrequest_wrong_codes_check CHECK ((wrong_codes >= 0))
);
ALTER TABLE donors_linkrequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME donors_linkrequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE donors_methodsetup (
    id uuid NOT NULL,
    gateway character varying(20) NOT NULL,
    account character varying(64) NOT NULL,
    method character varying(40) NOT NULL,
    state character varying(10) NOT NULL,
    gateway_id character varying(255) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    look_at timestamp with time zone,
    ended_at timestamp with time zone,
    plan_id uuid NOT NULL,
    token character varying(400) NOT NULL,
    token_mark character varying(30),
    CONSTRAINT donors_set_up_has_its_object CHECK (((state IN ('new', 'left')) OR (NOT ((gateway_id)::text = ''::text)))),
    CONSTRAINT donors_set_up_is_looked_at_or_over CHECK ((((ended_at IS NULL) AND (look_at IS NOT NULL) AND (state IN ('new', 'open'))) OR ((ended_at IS NOT NULL) AND (look_at IS NULL) AND (state IN ('done', 'failed', 'left', 'overtaken'))))),
    CONSTRAINT donors_set_up_kept_if_done CHECK ((((state)::text = 'done'::text) OR ((token)::text = ''::text)))
);
CREATE TABLE donors_planmail (
    id bigint NOT NULL,
    key character varying(120) NOT NULL,
    kind character varying(14) NOT NULL,
    period_id uuid,
    gift_id uuid,
    facts jsonb NOT NULL,
    state character varying(10) NOT NULL,
    reason character varying(40) NOT NULL,
    message_id character varying(200) NOT NULL,
    provider_id character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    outcome_at timestamp with time zone,
    plan_id uuid NOT NULL,
    CONSTRAINT donors_sent_has_a_time CHECK (((NOT ((state)::text = 'sent'::text)) OR (sent_at IS NOT NULL)))
);
ALTER TABLE donors_planmail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME donors_planmail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE donors_reachedmail (
    id bigint NOT NULL,
    key character varying(80) NOT NULL,
    public_key character varying(22) NOT NULL,
    kind character varying(10) NOT NULL,
    year smallint,
    said jsonb NOT NULL,
    state character varying(10) NOT NULL,
    reason character varying(40) NOT NULL,
    message_id character varying(200) NOT NULL,
    provider_id character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    outcome_at timestamp with time zone,
    charity_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    correction_id uuid,
    CONSTRAINT donors_reached_has_its_occasion CHECK ((((correction_id IS NULL) AND ((kind)::text = 'yearly'::text) AND (year IS NOT NULL)) OR ((correction_id IS NOT NULL) AND ((kind)::text = 'correction'::text) AND (year IS NULL)))),
    CONSTRAINT donors_reached_sent_has_a_time CHECK (((NOT ((state)::text = 'sent'::text)) OR (sent_at IS NOT NULL))),
    CONSTRAINT donors_reachedmail_year_check CHECK ((year >= 0))
);
ALTER TABLE donors_reachedmail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME donors_reachedmail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE donors_told (
    id bigint NOT NULL,
    "where" character varying(10) NOT NULL,
    language character varying(10) NOT NULL,
    number character varying(120) NOT NULL,
    words character varying(500) NOT NULL,
    at timestamp with time zone NOT NULL,
    contact_id bigint NOT NULL,
    mail_id bigint NOT NULL,
    observation_id uuid NOT NULL
);
ALTER TABLE donors_told ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME donors_told_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE donors_visit (
    id bigint NOT NULL,
    token character varying(64) NOT NULL,
    token_before character varying(64) NOT NULL,
    began_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    replaced_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    charity_id bigint NOT NULL,
    supporter_id bigint NOT NULL
);
ALTER TABLE donors_visit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME donors_visit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE donors_yearlymessage (
    charity_id bigint NOT NULL,
    "on" boolean NOT NULL,
    month smallint NOT NULL,
    day smallint NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT donors_yearly_day CHECK (((day >= 1) AND (day <= 28) AND (month >= 1) AND (month <= 12))),
    CONSTRAINT donors_yearlymessage_day_check CHECK ((day >= 0)),
    CONSTRAINT donors_yearlymessage_month_check CHECK ((month >= 0))
);
CREATE TABLE giving_attack (
    id bigint NOT NULL,
    began_at timestamp with time zone NOT NULL,
    begun_by character varying(150) NOT NULL,
    sign character varying(10) NOT NULL,
    seen jsonb NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_by character varying(150) NOT NULL,
    quiet_until timestamp with time zone,
    form_id bigint NOT NULL
);
ALTER TABLE giving_attack ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME giving_attack_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE giving_batchline (
    id bigint NOT NULL,
    channel character varying(10) NOT NULL,
    amount_minor bigint NOT NULL,
    given_on date NOT NULL,
    given_name character varying(100) NOT NULL,
    family_name character varying(100) NOT NULL,
    organisation character varying(200) NOT NULL,
    email character varying(254) NOT NULL,
    note character varying(200) NOT NULL,
    fund_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    benefit character varying(200) NOT NULL,
    benefit_minor bigint,
    key uuid,
    address jsonb,
    CONSTRAINT giving_line_benefit_whole CHECK ((((benefit_minor > 0) AND (benefit_minor IS NOT NULL) AND (NOT ((benefit)::text = ''::text))) OR (((benefit)::text = ''::text) AND ((benefit_minor IS NULL) OR (benefit_minor = 0))))),
    CONSTRAINT giving_line_event_says_benefit CHECK (((NOT ((channel)::text = 'event'::text)) OR (benefit_minor IS NOT NULL)))
);
ALTER TABLE giving_batchline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME giving_batchline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE giving_consentquestion (
    id bigint NOT NULL,
    channel character varying(20) NOT NULL,
    basis character varying(20) NOT NULL,
    text character varying(300) NOT NULL,
    wording_id bigint,
    form_id bigint NOT NULL
);
ALTER TABLE giving_consentquestion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME giving_consentquestion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE giving_donationform (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    title character varying(120) NOT NULL,
    intro text NOT NULL,
    active boolean NOT NULL,
    currencies character varying(60) NOT NULL,
    minimum_minor bigint NOT NULL,
    maximum_minor bigint NOT NULL,
    ask_address character varying(10) NOT NULL,
    ask_phone character varying(10) NOT NULL,
    ask_tribute boolean NOT NULL,
    ask_message boolean NOT NULL,
    ask_anonymous boolean NOT NULL,
    offer_cover boolean NOT NULL,
    cover_percent_hundredths integer NOT NULL,
    cover_fixed_minor integer NOT NULL,
    methods jsonb NOT NULL,
    thanks_text text NOT NULL,
    goal_minor bigint,
    colour_primary character varying(7) NOT NULL,
    colour_accent character varying(7) NOT NULL,
    logo_svg text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    charity_id bigint NOT NULL,
    frequencies character varying(40) NOT NULL,
    offer_wallets boolean NOT NULL,
    frame_sites text NOT NULL,
    CONSTRAINT giving_donationform_cover_fixed_minor_check CHECK ((cover_fixed_minor >= 0)),
    CONSTRAINT giving_donationform_cover_percent_hundredths_check CHECK ((cover_percent_hundredths >= 0)),
    CONSTRAINT giving_form_range CHECK ((minimum_minor <= maximum_minor))
);
ALTER TABLE giving_donationform ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME giving_donationform_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE giving_formcurrency (
    id bigint NOT NULL,
    currency character varying(3) NOT NULL,
    minimum_minor bigint NOT NULL,
    maximum_minor bigint NOT NULL,
    cover_fixed_minor integer NOT NULL,
    form_id bigint NOT NULL,
    CONSTRAINT giving_currency_range CHECK (((minimum_minor >= 1) AND (minimum_minor <= maximum_minor))),
    CONSTRAINT giving_formcurrency_cover_fixed_minor_check CHECK ((cover_fixed_minor >= 0))
);
ALTER TABLE giving_formcurrency ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME giving_formcurrency_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE giving_formfund (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    form_id bigint NOT NULL,
    fund_id bigint NOT NULL,
    CONSTRAINT giving_formfund_position_check CHECK (("position" >= 0))
);
ALTER TABLE giving_formfund ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME giving_formfund_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE giving_formnumber (
    id bigint NOT NULL,
    number integer NOT NULL,
    charity_id bigint NOT NULL,
    form_id bigint NOT NULL,
    CONSTRAINT giving_formnumber_number_check CHECK ((number >= 0))
);
ALTER TABLE giving_formnumber ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME giving_formnumber_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE giving_funnelcount (
    id bigint NOT NULL,
    day date NOT NULL,
    step character varying(10) NOT NULL,
    device character varying(10) NOT NULL,
    count integer NOT NULL,
    form_id bigint NOT NULL,
    CONSTRAINT giving_funnelcount_count_check CHECK ((count >= 0))
);
ALTER TABLE giving_funnelcount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME giving_funnelcount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE giving_gift (
    id uuid NOT NULL,
    reference character varying(10) NOT NULL,
    public_key character varying(22) NOT NULL,
    amount_minor bigint NOT NULL,
    cover_minor bigint NOT NULL,
    total_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    frequency character varying(10) NOT NULL,
    status character varying(12) NOT NULL,
    settled_minor bigint,
    refunded_minor bigint NOT NULL,
    flag character varying(20) NOT NULL,
    content_digest character varying(64) NOT NULL,
    tribute_kind character varying(10) NOT NULL,
    tribute_name character varying(120) NOT NULL,
    message text NOT NULL,
    anonymous boolean NOT NULL,
    language character varying(10) NOT NULL,
    channel character varying(10) NOT NULL,
    given_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    entered_by_id bigint,
    charity_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    form_id bigint,
    fund_id bigint NOT NULL,
    batch_id bigint,
    benefit character varying(200) NOT NULL,
    benefit_minor bigint,
    period_on date,
    plan_id uuid,
    plan_origin character varying(160),
    CONSTRAINT giving_amount_positive CHECK ((amount_minor > 0)),
    CONSTRAINT giving_benefit_whole CHECK ((((benefit_minor > 0) AND (benefit_minor IS NOT NULL) AND (NOT ((benefit)::text = ''::text))) OR (((benefit)::text = ''::text) AND ((benefit_minor IS NULL) OR (benefit_minor = 0))))),
    CONSTRAINT giving_cover_not_negative CHECK ((cover_minor >= 0)),
    CONSTRAINT giving_event_says_benefit CHECK (((NOT ((channel)::text = 'event'::text)) OR (benefit_minor IS NOT NULL))),
    CONSTRAINT giving_plan_has_period CHECK ((((period_on IS NULL) AND (plan_id IS NULL)) OR ((period_on IS NOT NULL) AND (plan_id IS NOT NULL)))),
    CONSTRAINT giving_refund_within_gift CHECK (((refunded_minor >= 0) AND ((settled_minor IS NULL) OR (refunded_minor <= settled_minor)))),
    CONSTRAINT giving_total_is_sum CHECK ((total_minor = (amount_minor + cover_minor)))
);
CREATE TABLE giving_giftbatch (
    id bigint NOT NULL,
    title character varying(120) NOT NULL,
    currency character varying(3) NOT NULL,
    control_count integer NOT NULL,
    control_total_minor bigint NOT NULL,
    state character varying(10) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    posted_at timestamp with time zone,
    charity_id bigint NOT NULL,
    CONSTRAINT giving_giftbatch_control_count_check CHECK ((control_count >= 0))
);
ALTER TABLE giving_giftbatch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME giving_giftbatch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE giving_giftsource (
    gift_id uuid NOT NULL,
    story_id bigint,
    story_title character varying(200) NOT NULL,
    appeal character varying(60) NOT NULL,
    utm_source character varying(100) NOT NULL,
    utm_medium character varying(100) NOT NULL,
    utm_campaign character varying(100) NOT NULL,
    utm_content character varying(100) NOT NULL,
    utm_term character varying(100) NOT NULL,
    referrer_host character varying(253) NOT NULL,
    page_url character varying(300) NOT NULL
);
CREATE TABLE giving_limithit (
    id bigint NOT NULL,
    attempt_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    address character varying(22) NOT NULL,
    email character varying(22) NOT NULL,
    declined boolean NOT NULL,
    form_id bigint NOT NULL,
    course character varying(6) DEFAULT ''::character varying NOT NULL,
    small boolean DEFAULT false NOT NULL
);
ALTER TABLE giving_limithit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME giving_limithit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE giving_suggestedamount (
    id bigint NOT NULL,
    frequency character varying(10) NOT NULL,
    currency character varying(3) NOT NULL,
    amount_minor bigint NOT NULL,
    line character varying(120) NOT NULL,
    form_id bigint NOT NULL
);
ALTER TABLE giving_suggestedamount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME giving_suggestedamount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_claim (
    id bigint NOT NULL,
    origin character varying(10) NOT NULL,
    carrier character varying(10) NOT NULL,
    carrier_id character varying(40) NOT NULL,
    carrier_title character varying(255) NOT NULL,
    number character varying(120) NOT NULL,
    wording character varying(1000) NOT NULL,
    key character varying(64) NOT NULL,
    expires_on date,
    state character varying(12) NOT NULL,
    told_of character varying(60) NOT NULL,
    meant_for character varying(60) NOT NULL,
    meant_reason character varying(300) NOT NULL,
    meant_by_name character varying(150) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    looked_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    charity_id bigint NOT NULL,
    indicator_id bigint NOT NULL,
    observation_id uuid,
    owner_id integer,
    language character varying(10) DEFAULT 'en'::character varying NOT NULL
);
ALTER TABLE impact_claim ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_claim_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_dimension (
    id bigint NOT NULL,
    name character varying(40) NOT NULL,
    categories jsonb NOT NULL,
    adds_up boolean NOT NULL,
    ordinal smallint NOT NULL,
    indicator_id bigint NOT NULL,
    CONSTRAINT impact_dimension_ordinal_check CHECK ((ordinal >= 0))
);
ALTER TABLE impact_dimension ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_dimension_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_disclosure (
    id bigint NOT NULL,
    shown boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    observation_id uuid NOT NULL,
    why character varying(10) DEFAULT ''::character varying NOT NULL
);
ALTER TABLE impact_disclosure ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_disclosure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_figurefile (
    id uuid NOT NULL,
    file_name character varying(200) NOT NULL,
    content bytea,
    state character varying(10) NOT NULL,
    by_id bigint NOT NULL,
    by_name character varying(150) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    rows integer NOT NULL,
    done integer NOT NULL,
    entered integer NOT NULL,
    known integer NOT NULL,
    refused integer NOT NULL,
    report jsonb NOT NULL,
    charity_id bigint NOT NULL,
    CONSTRAINT impact_figurefile_done_check CHECK ((done >= 0)),
    CONSTRAINT impact_figurefile_entered_check CHECK ((entered >= 0)),
    CONSTRAINT impact_figurefile_known_check CHECK ((known >= 0)),
    CONSTRAINT impact_figurefile_refused_check CHECK ((refused >= 0)),
    CONSTRAINT impact_figurefile_rows_check CHECK ((rows >= 0))
);
CREATE TABLE impact_indicator (
    id bigint NOT NULL,
    slug character varying(60) NOT NULL,
    title character varying(160) NOT NULL,
    measure character varying(10) NOT NULL,
    nouns character varying(300) NOT NULL,
    rule text NOT NULL,
    cumulative boolean NOT NULL,
    since date,
    more_is_better boolean NOT NULL,
    baseline_value numeric(20,4),
    baseline_on date,
    at_risk boolean NOT NULL,
    ordinal smallint NOT NULL,
    result_id bigint NOT NULL,
    every_months smallint DEFAULT 1 NOT NULL,
    CONSTRAINT impact_indicator_every_months_check CHECK ((every_months >= 0)),
    CONSTRAINT impact_indicator_ordinal_check CHECK ((ordinal >= 0))
);
ALTER TABLE impact_indicator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_indicator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_observation (
    id uuid NOT NULL,
    first date NOT NULL,
    last date NOT NULL,
    as_of date NOT NULL,
    value numeric(20,4) NOT NULL,
    bound character varying(10) NOT NULL,
    dimension character varying(40) NOT NULL,
    category character varying(60) NOT NULL,
    place character varying(80) NOT NULL,
    method character varying(500) NOT NULL,
    reason character varying(500) NOT NULL,
    entered_by_id bigint NOT NULL,
    entered_by_name character varying(150) NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    indicator_id bigint NOT NULL,
    supersedes_id uuid,
    source_id bigint NOT NULL,
    CONSTRAINT impact_observation_cell CHECK (((((category)::text = ''::text) AND ((dimension)::text = ''::text)) OR ((NOT ((dimension)::text = ''::text)) AND (NOT ((category)::text = ''::text))))),
    CONSTRAINT impact_observation_no_negative CHECK ((value >= (0)::numeric)),
    CONSTRAINT impact_observation_reason CHECK (((supersedes_id IS NULL) OR (NOT ((reason)::text = ''::text)))),
    CONSTRAINT impact_observation_time CHECK (((last >= first) AND (as_of >= first)))
);
CREATE TABLE impact_partner (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    kind character varying(2) NOT NULL,
    website character varying(200) NOT NULL,
    iati_identifier character varying(100) NOT NULL,
    charity_id bigint NOT NULL
);
ALTER TABLE impact_partner ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_partner_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_partnership (
    id bigint NOT NULL,
    role character varying(1) NOT NULL,
    partner_id bigint NOT NULL,
    programme_id bigint NOT NULL
);
ALTER TABLE impact_partnership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_partnership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_programme (
    id bigint NOT NULL,
    slug character varying(60) NOT NULL,
    title character varying(160) NOT NULL,
    summary text NOT NULL,
    country character varying(2) NOT NULL,
    sector character varying(5) NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    public boolean NOT NULL,
    charity_id bigint NOT NULL,
    CONSTRAINT impact_programme_ends_after CHECK (((ends_on IS NULL) OR (ends_on >= starts_on)))
);
CREATE TABLE impact_programme_funds (
    id bigint NOT NULL,
    programme_id bigint NOT NULL,
    fund_id bigint NOT NULL
);
ALTER TABLE impact_programme_funds ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_programme_funds_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE impact_programme ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_programme_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_publisher (
    id bigint NOT NULL,
    iati_identifier character varying(100) NOT NULL,
    kind character varying(2) NOT NULL,
    charity_id bigint NOT NULL,
    name character varying(200) DEFAULT ''::character varying NOT NULL
);
ALTER TABLE impact_publisher ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_publisher_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_release (
    id bigint NOT NULL,
    reason character varying(500) NOT NULL,
    by_id bigint NOT NULL,
    by_name character varying(150) NOT NULL,
    at timestamp with time zone NOT NULL,
    observation_id uuid NOT NULL,
    attempt smallint DEFAULT 1 NOT NULL,
    CONSTRAINT impact_release_attempt_check CHECK ((attempt >= 0))
);
ALTER TABLE impact_release ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_release_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_releaseapproval (
    id bigint NOT NULL,
    by_id bigint NOT NULL,
    by_name character varying(150) NOT NULL,
    at timestamp with time zone NOT NULL,
    release_id bigint NOT NULL
);
ALTER TABLE impact_releaseapproval ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_releaseapproval_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_releaseend (
    id bigint NOT NULL,
    reason character varying(500) NOT NULL,
    by_id bigint NOT NULL,
    by_name character varying(150) NOT NULL,
    at timestamp with time zone NOT NULL,
    release_id bigint NOT NULL
);
ALTER TABLE impact_releaseend ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_releaseend_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_replacement (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    new_id uuid NOT NULL,
    old_id uuid NOT NULL
);
ALTER TABLE impact_replacement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_replacement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_result (
    id bigint NOT NULL,
    kind character varying(1) NOT NULL,
    title character varying(160) NOT NULL,
    description text NOT NULL,
    ordinal smallint NOT NULL,
    programme_id bigint NOT NULL,
    CONSTRAINT impact_result_ordinal_check CHECK ((ordinal >= 0))
);
ALTER TABLE impact_result ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_result_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_source (
    id bigint NOT NULL,
    title character varying(200) NOT NULL,
    publisher character varying(160) NOT NULL,
    dated date NOT NULL,
    url character varying(500) NOT NULL,
    file_name character varying(200) NOT NULL,
    file_sha256 character varying(64) NOT NULL,
    access character varying(10) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    charity_id bigint NOT NULL,
    kept_at character varying(200) DEFAULT ''::character varying NOT NULL
);
ALTER TABLE impact_source ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_source_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_target (
    id bigint NOT NULL,
    first date NOT NULL,
    last date NOT NULL,
    value numeric(20,4) NOT NULL,
    indicator_id bigint NOT NULL,
    CONSTRAINT impact_target_time CHECK ((last >= first))
);
ALTER TABLE impact_target ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_target_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_translation (
    id bigint NOT NULL,
    language character varying(10) NOT NULL,
    title character varying(160) NOT NULL,
    text text NOT NULL,
    nouns character varying(300) NOT NULL,
    indicator_id bigint,
    programme_id bigint NOT NULL,
    result_id bigint,
    CONSTRAINT impact_translation_of_one CHECK (((result_id IS NULL) OR (indicator_id IS NULL)))
);
ALTER TABLE impact_translation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_translation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_verification (
    id bigint NOT NULL,
    accepted boolean NOT NULL,
    role character varying(80) NOT NULL,
    note character varying(500) NOT NULL,
    by_id bigint NOT NULL,
    by_name character varying(150) NOT NULL,
    at timestamp with time zone NOT NULL,
    observation_id uuid NOT NULL
);
ALTER TABLE impact_verification ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_verification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE impact_wording (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    language character varying(10) NOT NULL,
    own character varying(500) NOT NULL,
    text character varying(800) NOT NULL,
    by_id bigint NOT NULL,
    by_name character varying(150) NOT NULL,
    at timestamp with time zone NOT NULL,
    charity_id bigint NOT NULL,
    CONSTRAINT impact_wording_of_something CHECK (((NOT ((own)::text = ''::text)) AND (NOT ((language)::text = ''::text))))
);
ALTER TABLE impact_wording ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME impact_wording_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ledger_account (
    id bigint NOT NULL,
    code character varying(80) NOT NULL,
    currency character varying(3) NOT NULL,
    kind character varying(10) NOT NULL,
    charity_id bigint NOT NULL
);
ALTER TABLE ledger_account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ledger_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ledger_closing (
    id bigint NOT NULL,
    until date NOT NULL,
    zone character varying(64) NOT NULL,
    balances jsonb NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    closed_by_id bigint NOT NULL,
    closed_by_name character varying(150) NOT NULL,
    charity_id bigint NOT NULL
);
ALTER TABLE ledger_closing ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ledger_closing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ledger_dayproved (
    id bigint NOT NULL,
    day date NOT NULL,
    verdict character varying(10) NOT NULL,
    held integer NOT NULL,
    broken integer NOT NULL,
    not_asked integer NOT NULL,
    findings jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    charity_id bigint NOT NULL,
    since timestamp with time zone,
    CONSTRAINT ledger_dayproved_broken_check CHECK ((broken >= 0)),
    CONSTRAINT ledger_dayproved_held_check CHECK ((held >= 0)),
    CONSTRAINT ledger_dayproved_not_asked_check CHECK ((not_asked >= 0))
);
ALTER TABLE ledger_dayproved ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ledger_dayproved_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE ledger_posting (
    id bigint NOT NULL,
    amount_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    source character varying(20) NOT NULL,
    source_id character varying(64) NOT NULL,
    kind character varying(40) NOT NULL,
    tag character varying(60) NOT NULL,
    at timestamp with time zone NOT NULL,
    charity_id bigint NOT NULL,
    credit_id bigint NOT NULL,
    debit_id bigint NOT NULL,
    CONSTRAINT ledger_posting_positive CHECK ((amount_minor > 0)),
    CONSTRAINT ledger_posting_two_accounts CHECK ((NOT (debit_id = credit_id)))
);
ALTER TABLE ledger_posting ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ledger_posting_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE otp_totp_totpdevice (
    id integer NOT NULL,
    name character varying(64) NOT NULL,
    confirmed boolean NOT NULL,
    key character varying(80) NOT NULL,
    step smallint NOT NULL,
    t0 bigint NOT NULL,
    digits smallint NOT NULL,
    tolerance smallint NOT NULL,
    drift smallint NOT NULL,
    last_t bigint NOT NULL,
    user_id integer NOT NULL,
    throttling_failure_count integer NOT NULL,
    throttling_failure_timestamp timestamp with time zone,
    created_at timestamp with time zone,
    last_used_at timestamp with time zone,
    CONSTRAINT otp_totp_totpdevice_digits_check CHECK ((digits >= 0)),
    CONSTRAINT otp_totp_totpdevice_step_check CHECK ((step >= 0)),
    CONSTRAINT otp_totp_totpdevice_throttling_failure_count_check CHECK ((throttling_failure_count >= 0)),
    CONSTRAINT otp_totp_totpdevice_tolerance_check CHECK ((tolerance >= 0))
);
ALTER TABLE otp_totp_totpdevice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME otp_totp_totpdevice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE outbox_job (
    id bigint NOT NULL,
    kind character varying(60) NOT NULL,
    dedupe_key character varying(200) NOT NULL,
    payload jsonb NOT NULL,
    state character varying(6) NOT NULL,
    attempts integer NOT NULL,
    run_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    lease_owner character varying(100) NOT NULL,
    last_error text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    deaths smallint NOT NULL,
    started_at timestamp with time zone,
    CONSTRAINT outbox_job_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT outbox_job_deaths_check CHECK ((deaths >= 0)),
    CONSTRAINT outbox_job_finished CHECK (((NOT (state IN ('done', 'dead'))) OR (finished_at IS NOT NULL))),
    CONSTRAINT outbox_job_lease_ends CHECK (((NOT ((state)::text = 'leased'::text)) OR (lease_until IS NOT NULL))),
    CONSTRAINT outbox_job_state CHECK ((state IN ('ready', 'leased', 'done', 'dead')))
);
ALTER TABLE outbox_job ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME outbox_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE outbox_periodic (
    name character varying(60) NOT NULL,
    next_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    lease_owner character varying(100) NOT NULL,
    last_started_at timestamp with time zone,
    last_finished_at timestamp with time zone,
    last_error text NOT NULL
);
CREATE TABLE payments_attempt (
    id uuid NOT NULL,
    gift_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    gateway character varying(20) NOT NULL,
    method character varying(20) NOT NULL,
    amount_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    income_code character varying(80) NOT NULL,
    ledger_tag character varying(60) NOT NULL,
    state character varying(16) NOT NULL,
    gateway_id character varying(120),
    settled_minor bigint,
    fee_minor bigint NOT NULL,
    decline_code character varying(40) NOT NULL,
    next_action jsonb,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    look_at timestamp with time zone,
    looks integer NOT NULL,
    charity_id bigint NOT NULL,
    account character varying(120) NOT NULL,
    "order" jsonb,
    CONSTRAINT payments_amount_positive CHECK ((amount_minor > 0)),
    CONSTRAINT payments_attempt_looks_check CHECK ((looks >= 0)),
    CONSTRAINT payments_attempt_ordinal_check CHECK ((ordinal >= 0))
);
CREATE TABLE payments_balancecheck (
    id bigint NOT NULL,
    gateway character varying(20) NOT NULL,
    account character varying(120) NOT NULL,
    currency character varying(3) NOT NULL,
    difference_minor bigint NOT NULL,
    sources character varying(300) NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE payments_balancecheck ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME payments_balancecheck_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE payments_bankcredit (
    id uuid NOT NULL,
    received_on date NOT NULL,
    amount_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    text character varying(500) NOT NULL,
    entered_by_id bigint,
    created_at timestamp with time zone NOT NULL,
    matched_at timestamp with time zone,
    attempt_id uuid,
    charity_id bigint NOT NULL,
    sent_back_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    payout_id uuid,
    CONSTRAINT payments_credit_left_once CHECK (((matched_at IS NULL) OR ((sent_back_at IS NULL) AND (withdrawn_at IS NULL)))),
    CONSTRAINT payments_credit_matched_at CHECK ((((attempt_id IS NULL) AND (matched_at IS NULL) AND (payout_id IS NULL)) OR ((attempt_id IS NOT NULL) AND (matched_at >= created_at) AND (payout_id IS NULL)) OR ((attempt_id IS NULL) AND (matched_at >= created_at) AND (payout_id IS NOT NULL)))),
    CONSTRAINT payments_credit_positive CHECK ((amount_minor > 0))
);
CREATE TABLE payments_dispute (
    id uuid NOT NULL,
    gateway_id character varying(120) NOT NULL,
    amount_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    reason character varying(60) NOT NULL,
    state character varying(16) NOT NULL,
    fee_minor bigint NOT NULL,
    respond_by timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    attempt_id uuid NOT NULL,
    CONSTRAINT payments_dispute_positive CHECK ((amount_minor > 0))
);
CREATE TABLE payments_disputeevent (
    id bigint NOT NULL,
    name character varying(20) NOT NULL,
    from_state character varying(16) NOT NULL,
    to_state character varying(16) NOT NULL,
    at timestamp with time zone NOT NULL,
    fee_minor bigint NOT NULL,
    dispute_id uuid NOT NULL
);
ALTER TABLE payments_disputeevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME payments_disputeevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE payments_disputefile (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    content_type character varying(40) NOT NULL,
    content bytea,
    reply_id uuid NOT NULL
);
ALTER TABLE payments_disputefile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME payments_disputefile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE payments_disputereply (
    id uuid NOT NULL,
    kind character varying(8) NOT NULL,
    state character varying(7) NOT NULL,
    text text NOT NULL,
    asked_by_id bigint NOT NULL,
    asked_by_name character varying(150) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    dispute_id uuid NOT NULL
);
CREATE TABLE payments_event (
    id bigint NOT NULL,
    name character varying(20) NOT NULL,
    from_state character varying(16) NOT NULL,
    to_state character varying(16) NOT NULL,
    at timestamp with time zone NOT NULL,
    amount_minor bigint,
    fee_minor bigint,
    code character varying(60) NOT NULL,
    attempt_id uuid NOT NULL
);
ALTER TABLE payments_event ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME payments_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE payments_eventcursor (
    id bigint NOT NULL,
    gateway character varying(20) NOT NULL,
    account character varying(120) NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE payments_eventcursor ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME payments_eventcursor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE payments_inboxmessage (
    id bigint NOT NULL,
    gateway character varying(20) NOT NULL,
    account character varying(120) NOT NULL,
    event_id character varying(120) NOT NULL,
    event_type character varying(80) NOT NULL,
    object_id character varying(120) NOT NULL,
    received_at timestamp with time zone NOT NULL,
    body bytea,
    state character varying(10) NOT NULL,
    about character varying(10) NOT NULL,
    missed boolean DEFAULT false NOT NULL
);
ALTER TABLE payments_inboxmessage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME payments_inboxmessage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE payments_payout (
    id uuid NOT NULL,
    gateway character varying(20) NOT NULL,
    account character varying(120) NOT NULL,
    gateway_id character varying(120) NOT NULL,
    amount_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    state character varying(16) NOT NULL,
    arrives_on date NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    charity_id bigint NOT NULL,
    reference character varying(120) DEFAULT ''::character varying NOT NULL
);
CREATE TABLE payments_payoutevent (
    id bigint NOT NULL,
    name character varying(20) NOT NULL,
    from_state character varying(16) NOT NULL,
    to_state character varying(16) NOT NULL,
    at timestamp with time zone NOT NULL,
    payout_id uuid NOT NULL
);
ALTER TABLE payments_payoutevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME payments_payoutevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE payments_refund (
    id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    reason character varying(200) NOT NULL,
    state character varying(16) NOT NULL,
    gateway_id character varying(120),
    requested_by_id bigint,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    look_at timestamp with time zone,
    looks integer NOT NULL,
    attempt_id uuid NOT NULL,
    CONSTRAINT payments_refund_looks_check CHECK ((looks >= 0)),
    CONSTRAINT payments_refund_positive CHECK ((amount_minor > 0))
);
CREATE TABLE payments_refundevent (
    id bigint NOT NULL,
    name character varying(20) NOT NULL,
    from_state character varying(16) NOT NULL,
    to_state character varying(16) NOT NULL,
    at timestamp with time zone NOT NULL,
    code character varying(60) NOT NULL,
    refund_id uuid NOT NULL
);
ALTER TABLE payments_refundevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME payments_refundevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE plans_chargerun (
    id bigint NOT NULL,
    gateway character varying(20) NOT NULL,
    total_count integer NOT NULL,
    left_count integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT plans_chargerun_left_count_check CHECK ((left_count >= 0)),
    CONSTRAINT plans_chargerun_total_count_check CHECK ((total_count >= 0))
);
ALTER TABLE plans_chargerun ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME plans_chargerun_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE plans_foundcharge (
    id bigint NOT NULL,
    gateway character varying(20) NOT NULL,
    key character varying(120) NOT NULL,
    gateway_id character varying(120) NOT NULL
);
ALTER TABLE plans_foundcharge ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME plans_foundcharge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE plans_gatewaypause (
    id bigint NOT NULL,
    gateway character varying(20) NOT NULL,
    until timestamp with time zone NOT NULL,
    after_restore boolean NOT NULL
);
ALTER TABLE plans_gatewaypause ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME plans_gatewaypause_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE plans_oldmethod (
    id bigint NOT NULL,
    gateway character varying(20) NOT NULL,
    account character varying(120) NOT NULL,
    token character varying(400) NOT NULL,
    news character varying(20) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    event_id bigint NOT NULL,
    plan_id uuid NOT NULL
);
ALTER TABLE plans_oldmethod ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME plans_oldmethod_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE plans_period (
    id uuid NOT NULL,
    "on" date NOT NULL,
    number integer NOT NULL,
    state character varying(10) NOT NULL,
    gift_id uuid,
    tries smallint NOT NULL,
    notice_sent_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    plan_id uuid NOT NULL,
    charged_at timestamp with time zone,
    wake_at timestamp with time zone,
    debit_on date,
    CONSTRAINT plans_charged_period_has_gift CHECK (((state IN ('due', 'skipped')) OR (gift_id IS NOT NULL))),
    CONSTRAINT plans_period_tries_check CHECK ((tries >= 0))
);
CREATE TABLE plans_plan (
    id uuid NOT NULL,
    reference character varying(10) NOT NULL,
    form_id bigint,
    first_gift_id uuid,
    source jsonb NOT NULL,
    language character varying(10) NOT NULL,
    amount_minor bigint NOT NULL,
    cover_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    every smallint NOT NULL,
    anchor date NOT NULL,
    next_number integer NOT NULL,
    next_on date,
    next_at timestamp with time zone,
    ends_on date,
    ends_after integer,
    given_count integer NOT NULL,
    state character varying(10) NOT NULL,
    resume_on date,
    declines smallint NOT NULL,
    retry_at timestamp with time zone,
    decline_code character varying(40) NOT NULL,
    gateway character varying(20) NOT NULL,
    account character varying(120) NOT NULL,
    method character varying(20) NOT NULL,
    saved_method character varying(400) NOT NULL,
    method_label character varying(80) NOT NULL,
    method_expires character varying(7) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone,
    cancel_reason character varying(40) NOT NULL,
    imported_from character varying(160),
    charity_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    fund_id bigint NOT NULL,
    method_usable boolean NOT NULL,
    given_elsewhere integer NOT NULL,
    method_mark character varying(30),
    CONSTRAINT plans_amount_positive CHECK ((amount_minor > 0)),
    CONSTRAINT plans_cover_not_negative CHECK ((cover_minor >= 0)),
    CONSTRAINT plans_due_only_alive CHECK (((next_at IS NULL) OR (state IN ('starting', 'active', 'retrying', 'paused')))),
    CONSTRAINT plans_every_known CHECK ((every = ANY (ARRAY[1, 3, 12]))),
    CONSTRAINT plans_plan_declines_check CHECK ((declines >= 0)),
    CONSTRAINT plans_plan_ends_after_check CHECK ((ends_after >= 0)),
    CONSTRAINT plans_plan_every_check CHECK ((every >= 0)),
    CONSTRAINT plans_plan_given_count_check CHECK ((given_count >= 0)),
    CONSTRAINT plans_plan_given_elsewhere_check CHECK ((given_elsewhere >= 0)),
    CONSTRAINT plans_plan_next_number_check CHECK ((next_number >= 0))
);
CREATE TABLE plans_planalias (
    id bigint NOT NULL,
    origin character varying(160) NOT NULL,
    charity_id bigint NOT NULL,
    plan_id uuid NOT NULL
);
ALTER TABLE plans_planalias ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME plans_planalias_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE plans_planevent (
    id bigint NOT NULL,
    name character varying(20) NOT NULL,
    from_state character varying(10) NOT NULL,
    to_state character varying(10) NOT NULL,
    at timestamp with time zone NOT NULL,
    by character varying(8) NOT NULL,
    actor_id bigint,
    detail jsonb NOT NULL,
    plan_id uuid NOT NULL
);
ALTER TABLE plans_planevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME plans_planevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE plans_withdrawal (
    id bigint NOT NULL,
    attempt_id uuid NOT NULL,
    news character varying(20) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    stopped boolean,
    event_id bigint NOT NULL,
    period_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    CONSTRAINT plans_withdrawal_decided CHECK ((((done_at IS NULL) AND (stopped IS NULL)) OR ((done_at IS NOT NULL) AND (stopped IS NOT NULL))))
);
ALTER TABLE plans_withdrawal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME plans_withdrawal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE receipts_receipt (
    id bigint NOT NULL,
    number bigint NOT NULL,
    turn smallint NOT NULL,
    attempt_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency character varying(3) NOT NULL,
    language character varying(10) NOT NULL,
    given_at timestamp with time zone NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    token character varying(22) NOT NULL,
    charity_id bigint NOT NULL,
    gift_id uuid NOT NULL,
    CONSTRAINT receipts_amount_positive CHECK ((amount_minor > 0)),
    CONSTRAINT receipts_number_positive CHECK ((number > 0)),
    CONSTRAINT receipts_receipt_number_check CHECK ((number >= 0)),
    CONSTRAINT receipts_receipt_turn_check CHECK ((turn >= 0))
);
ALTER TABLE receipts_receipt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME receipts_receipt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE receipts_receiptcancellation (
    receipt_id bigint NOT NULL,
    reason character varying(10) NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint
);
CREATE TABLE receipts_receiptdelivery (
    id bigint NOT NULL,
    key character varying(80) NOT NULL,
    kind character varying(12) NOT NULL,
    state character varying(10) NOT NULL,
    reason character varying(40) NOT NULL,
    message_id character varying(200) NOT NULL,
    provider_id character varying(200) NOT NULL,
    asked_by_id bigint,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    outcome_at timestamp with time zone,
    gift_id uuid NOT NULL,
    receipt_id bigint,
    CONSTRAINT receipts_sent_has_a_time CHECK (((NOT (state IN ('sent', 'delivered'))) OR (sent_at IS NOT NULL)))
);
ALTER TABLE receipts_receiptdelivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME receipts_receiptdelivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE receipts_receiptfile (
    receipt_id bigint NOT NULL,
    pdf bytea NOT NULL
);
CREATE TABLE receipts_receiptperson (
    receipt_id bigint NOT NULL,
    name character varying(250) NOT NULL,
    address_lines jsonb NOT NULL,
    salt character varying(32) NOT NULL,
    erased_at timestamp with time zone
);
CREATE TABLE receipts_receiptseal (
    receipt_id bigint NOT NULL,
    facts text NOT NULL,
    key_id character varying(40) NOT NULL,
    signature character varying(100) NOT NULL,
    wording character varying(40) NOT NULL,
    pdf_sha256 character varying(64) NOT NULL,
    transliterated boolean NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE receipts_receiptseries (
    charity_id bigint NOT NULL,
    last_number bigint NOT NULL,
    CONSTRAINT receipts_receiptseries_last_number_check CHECK ((last_number >= 0))
);
CREATE TABLE receipts_signingkey (
    key_id character varying(40) NOT NULL,
    public character varying(44) NOT NULL,
    first_used_at timestamp with time zone NOT NULL
);
CREATE TABLE stories_homepage (
    page_ptr_id integer NOT NULL,
    heading character varying(120) NOT NULL,
    intro text NOT NULL,
    drawing character varying(20) NOT NULL,
    body jsonb NOT NULL
);
CREATE TABLE stories_importedpicture (
    id bigint NOT NULL,
    key character varying(64) NOT NULL,
    address character varying(2000) NOT NULL,
    charity_id bigint NOT NULL,
    image_id integer NOT NULL
);
ALTER TABLE stories_importedpicture ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME stories_importedpicture_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE stories_importedpost (
    id bigint NOT NULL,
    key character varying(64) NOT NULL,
    kind character varying(10) NOT NULL,
    number bigint NOT NULL,
    title character varying(255) NOT NULL,
    address character varying(1000) NOT NULL,
    revision bigint,
    digest character varying(64) NOT NULL,
    published boolean NOT NULL,
    state character varying(12) NOT NULL,
    reasons jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    charity_id bigint NOT NULL,
    page_id integer,
    CONSTRAINT stories_imported_state CHECK ((state IN ('imported', 'quarantined'))),
    CONSTRAINT stories_importedpost_revision_check CHECK ((revision >= 0))
);
ALTER TABLE stories_importedpost ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME stories_importedpost_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE stories_move (
    id bigint NOT NULL,
    asked_by character varying(150) NOT NULL,
    file_name character varying(255) NOT NULL,
    dry_run boolean NOT NULL,
    publish boolean NOT NULL,
    fetch_images boolean NOT NULL,
    forms jsonb NOT NULL,
    state character varying(10) NOT NULL,
    why character varying(500) NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL,
    pictures integer NOT NULL,
    missing jsonb NOT NULL,
    left_out jsonb NOT NULL,
    made_at timestamp with time zone NOT NULL,
    heard_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    charity_id bigint NOT NULL,
    CONSTRAINT stories_move_done_check CHECK ((done >= 0)),
    CONSTRAINT stories_move_ended CHECK ((((ended_at IS NULL) AND (state IN ('waiting', 'running'))) OR ((ended_at IS NOT NULL) AND (state IN ('done', 'failed'))))),
    CONSTRAINT stories_move_pictures_check CHECK ((pictures >= 0)),
    CONSTRAINT stories_move_total_check CHECK ((total >= 0))
);
ALTER TABLE stories_move ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME stories_move_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE stories_moveline (
    id bigint NOT NULL,
    ordinal integer NOT NULL,
    kind character varying(10) NOT NULL,
    title character varying(255) NOT NULL,
    address character varying(1000) NOT NULL,
    fate character varying(12) NOT NULL,
    published boolean NOT NULL,
    redirected boolean NOT NULL,
    reasons jsonb NOT NULL,
    notes jsonb NOT NULL,
    move_id bigint NOT NULL,
    page_id integer,
    CONSTRAINT stories_moveline_ordinal_check CHECK ((ordinal >= 0))
);
ALTER TABLE stories_moveline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME stories_moveline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE stories_movepart (
    id bigint NOT NULL,
    ordinal smallint NOT NULL,
    body bytea NOT NULL,
    move_id bigint NOT NULL,
    CONSTRAINT stories_movepart_ordinal_check CHECK ((ordinal >= 0))
);
ALTER TABLE stories_movepart ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME stories_movepart_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE stories_picturemark (
    id bigint NOT NULL,
    file character varying(255) NOT NULL,
    digest character varying(64) NOT NULL,
    image_id integer NOT NULL,
    CONSTRAINT stories_mark_told CHECK ((NOT ((digest)::text = ''::text)))
);
ALTER TABLE stories_picturemark ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME stories_picturemark_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE stories_relatedstory (
    id bigint NOT NULL,
    picked boolean NOT NULL,
    rank smallint NOT NULL,
    score double precision NOT NULL,
    other_id integer NOT NULL,
    story_id integer NOT NULL,
    CONSTRAINT stories_related_to_another CHECK ((NOT (story_id = other_id))),
    CONSTRAINT stories_relatedstory_rank_check CHECK ((rank >= 0))
);
ALTER TABLE stories_relatedstory ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME stories_relatedstory_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE stories_storyindexpage (
    page_ptr_id integer NOT NULL,
    intro text NOT NULL
);
CREATE TABLE stories_storypage (
    page_ptr_id integer NOT NULL,
    summary character varying(300) NOT NULL,
    attribution character varying(500) NOT NULL,
    drawing character varying(20) NOT NULL,
    lead_alt character varying(300) NOT NULL,
    lead_credit character varying(120) NOT NULL,
    body jsonb NOT NULL,
    lead_image_id integer,
    attribution_title character varying(200) NOT NULL,
    attribution_url character varying(200) NOT NULL,
    author character varying(200) NOT NULL,
    topics character varying(500) NOT NULL,
    lead_decorative boolean DEFAULT false NOT NULL
);
CREATE TABLE stories_storyterms (
    story_id integer NOT NULL,
    counts jsonb NOT NULL
);
CREATE TABLE stories_textpage (
    page_ptr_id integer NOT NULL,
    body jsonb NOT NULL
);
CREATE TABLE supporters_consent (
    id bigint NOT NULL,
    channel character varying(20) NOT NULL,
    granted boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    source character varying(60) NOT NULL,
    wording_id bigint NOT NULL,
    contact_id bigint NOT NULL
);
ALTER TABLE supporters_consent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME supporters_consent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE supporters_consentwording (
    id bigint NOT NULL,
    channel character varying(20) NOT NULL,
    basis character varying(20) NOT NULL,
    version integer NOT NULL,
    text text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    charity_id bigint NOT NULL,
    language character varying(10) DEFAULT ''::character varying NOT NULL,
    of_id bigint,
    CONSTRAINT supporters_consentwording_version_check CHECK ((version >= 0))
);
ALTER TABLE supporters_consentwording ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME supporters_consentwording_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE supporters_contact (
    id bigint NOT NULL,
    given_name character varying(100) NOT NULL,
    family_name character varying(100) NOT NULL,
    organisation character varying(200) NOT NULL,
    name_key character varying(402) NOT NULL,
    email character varying(254) NOT NULL,
    phone character varying(40) NOT NULL,
    address jsonb,
    language character varying(10) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    bounced_at timestamp with time zone,
    erased_at timestamp with time zone,
    charity_id bigint NOT NULL,
    supporter_id bigint
);
ALTER TABLE supporters_contact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME supporters_contact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE supporters_supporter (
    id bigint NOT NULL,
    email_key character varying(254),
    name character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    erased_at timestamp with time zone,
    charity_id bigint NOT NULL
);
ALTER TABLE supporters_supporter ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME supporters_supporter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE taggit_tag (
    id integer NOT NULL,
    name character varying(100) NOT NULL,
    slug character varying(100) NOT NULL
);
ALTER TABLE taggit_tag ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME taggit_tag_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE taggit_taggeditem (
    id integer NOT NULL,
    object_id integer NOT NULL,
    content_type_id integer NOT NULL,
    tag_id integer NOT NULL
);
ALTER TABLE taggit_taggeditem ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME taggit_taggeditem_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailadmin_admin (
    id integer NOT NULL
);
ALTER TABLE wagtailadmin_admin ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailadmin_admin_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailadmin_editingsession (
    id integer NOT NULL,
    object_id character varying(255) NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    content_type_id integer NOT NULL,
    user_id integer NOT NULL,
    is_editing boolean NOT NULL
);
ALTER TABLE wagtailadmin_editingsession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailadmin_editingsession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailadmin_formstate (
    id integer NOT NULL,
    data text NOT NULL,
    object_id character varying(255) NOT NULL,
    parent_object_id character varying(255) NOT NULL,
    last_updated_at timestamp with time zone NOT NULL,
    content_type_id integer NOT NULL,
    user_id integer NOT NULL
);
ALTER TABLE wagtailadmin_formstate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailadmin_formstate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_collection (
    id integer NOT NULL,
    path character varying(255) NOT NULL COLLATE pg_catalog."C",
    depth integer NOT NULL,
    numchild integer NOT NULL,
    name character varying(255) NOT NULL,
    CONSTRAINT wagtailcore_collection_depth_check CHECK ((depth >= 0)),
    CONSTRAINT wagtailcore_collection_numchild_check CHECK ((numchild >= 0))
);
ALTER TABLE wagtailcore_collection ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_collection_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_collectionviewrestriction (
    id integer NOT NULL,
    restriction_type character varying(20) NOT NULL,
    password character varying(255) NOT NULL,
    collection_id integer NOT NULL
);
CREATE TABLE wagtailcore_collectionviewrestriction_groups (
    id bigint NOT NULL,
    collectionviewrestriction_id integer NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE wagtailcore_collectionviewrestriction_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_collectionviewrestriction_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE wagtailcore_collectionviewrestriction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_collectionviewrestriction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_comment (
    id integer NOT NULL,
    text text NOT NULL,
    contentpath text NOT NULL,
    "position" text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    page_id integer NOT NULL,
    resolved_by_id integer,
    revision_created_id integer,
    user_id integer NOT NULL
);
ALTER TABLE wagtailcore_comment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_comment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_commentreply (
    id integer NOT NULL,
    text text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    comment_id integer NOT NULL,
    user_id integer NOT NULL
);
ALTER TABLE wagtailcore_commentreply ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_commentreply_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_groupapprovaltask (
    task_ptr_id integer NOT NULL
);
CREATE TABLE wagtailcore_groupapprovaltask_groups (
    id bigint NOT NULL,
    groupapprovaltask_id integer NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE wagtailcore_groupapprovaltask_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_groupapprovaltask_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_groupcollectionpermission (
    id integer NOT NULL,
    collection_id integer NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE wagtailcore_groupcollectionpermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_groupcollectionpermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_grouppagepermission (
    id integer NOT NULL,
    group_id integer NOT NULL,
    page_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE wagtailcore_grouppagepermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_grouppagepermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_groupsitepermission (
    id integer NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL,
    site_id integer NOT NULL
);
ALTER TABLE wagtailcore_groupsitepermission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_groupsitepermission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_locale (
    id integer NOT NULL,
    language_code character varying(100) NOT NULL
);
ALTER TABLE wagtailcore_locale ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_locale_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_modellogentry (
    id integer NOT NULL,
    label text NOT NULL,
    action character varying(255) NOT NULL,
    data jsonb NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    content_changed boolean NOT NULL,
    deleted boolean NOT NULL,
    object_id character varying(255) NOT NULL,
    content_type_id integer,
    user_id integer,
    uuid uuid,
    revision_id integer
);
ALTER TABLE wagtailcore_modellogentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_modellogentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_page (
    id integer NOT NULL,
    path character varying(255) NOT NULL COLLATE pg_catalog."C",
    depth integer NOT NULL,
    numchild integer NOT NULL,
    title character varying(255) NOT NULL,
    slug character varying(255) NOT NULL,
    live boolean NOT NULL,
    has_unpublished_changes boolean NOT NULL,
    url_path text NOT NULL,
    seo_title character varying(255) NOT NULL,
    show_in_menus boolean NOT NULL,
    search_description text NOT NULL,
    go_live_at timestamp with time zone,
    expire_at timestamp with time zone,
    expired boolean NOT NULL,
    content_type_id integer NOT NULL,
    owner_id integer,
    locked boolean NOT NULL,
    latest_revision_created_at timestamp with time zone,
    first_published_at timestamp with time zone,
    live_revision_id integer,
    last_published_at timestamp with time zone,
    draft_title character varying(255) NOT NULL,
    locked_at timestamp with time zone,
    locked_by_id integer,
    translation_key uuid NOT NULL,
    locale_id integer NOT NULL,
    alias_of_id integer,
    latest_revision_id integer,
    CONSTRAINT wagtailcore_page_depth_check CHECK ((depth >= 0)),
    CONSTRAINT wagtailcore_page_numchild_check CHECK ((numchild >= 0))
);
ALTER TABLE wagtailcore_page ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_page_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_pagelogentry (
    id integer NOT NULL,
    label text NOT NULL,
    action character varying(255) NOT NULL,
    data jsonb NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    content_changed boolean NOT NULL,
    deleted boolean NOT NULL,
    content_type_id integer,
    page_id integer NOT NULL,
    revision_id integer,
    user_id integer,
    uuid uuid
);
ALTER TABLE wagtailcore_pagelogentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_pagelogentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_revision (
    id integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    content jsonb NOT NULL,
    approved_go_live_at timestamp with time zone,
    object_id character varying(255) NOT NULL,
    user_id integer,
    content_type_id integer NOT NULL,
    base_content_type_id integer NOT NULL,
    object_str text NOT NULL
);
ALTER TABLE wagtailcore_revision ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_pagerevision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_pagesubscription (
    id integer NOT NULL,
    comment_notifications boolean NOT NULL,
    page_id integer NOT NULL,
    user_id integer NOT NULL
);
ALTER TABLE wagtailcore_pagesubscription ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_pagesubscription_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_pageviewrestriction (
    id integer NOT NULL,
    password character varying(255) NOT NULL,
    page_id integer NOT NULL,
    restriction_type character varying(20) NOT NULL
);
CREATE TABLE wagtailcore_pageviewrestriction_groups (
    id bigint NOT NULL,
    pageviewrestriction_id integer NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE wagtailcore_pageviewrestriction_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_pageviewrestriction_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE wagtailcore_pageviewrestriction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_pageviewrestriction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_referenceindex (
    id integer NOT NULL,
    object_id character varying(255) NOT NULL,
    to_object_id character varying(255) NOT NULL,
    model_path text NOT NULL,
    content_path text NOT NULL,
    content_path_hash uuid NOT NULL,
    base_content_type_id integer NOT NULL,
    content_type_id integer NOT NULL,
    to_content_type_id integer NOT NULL
);
ALTER TABLE wagtailcore_referenceindex ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_referenceindex_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_site (
    id integer NOT NULL,
    hostname character varying(255) NOT NULL,
    port integer NOT NULL,
    is_default_site boolean NOT NULL,
    root_page_id integer NOT NULL,
    site_name character varying(255) NOT NULL
);
ALTER TABLE wagtailcore_site ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_site_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_task (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    active boolean NOT NULL,
    content_type_id integer NOT NULL
);
ALTER TABLE wagtailcore_task ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_task_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_taskstate (
    id integer NOT NULL,
    status character varying(50) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    content_type_id integer NOT NULL,
    revision_id integer NOT NULL,
    task_id integer NOT NULL,
    workflow_state_id integer NOT NULL,
    finished_by_id integer,
    comment text NOT NULL
);
ALTER TABLE wagtailcore_taskstate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_taskstate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_uploadedfile (
    id integer NOT NULL,
    file character varying(200) NOT NULL,
    for_content_type_id integer,
    uploaded_by_user_id integer
);
ALTER TABLE wagtailcore_uploadedfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_uploadedfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_workflow (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    active boolean NOT NULL
);
ALTER TABLE wagtailcore_workflow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_workflow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_workflowcontenttype (
    content_type_id integer NOT NULL,
    workflow_id integer NOT NULL
);
CREATE TABLE wagtailcore_workflowpage (
    page_id integer NOT NULL,
    workflow_id integer NOT NULL
);
CREATE TABLE wagtailcore_workflowstate (
    id integer NOT NULL,
    status character varying(50) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    current_task_state_id integer,
    object_id character varying(255) NOT NULL,
    requested_by_id integer,
    workflow_id integer NOT NULL,
    content_type_id integer NOT NULL,
    base_content_type_id integer NOT NULL
);
ALTER TABLE wagtailcore_workflowstate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_workflowstate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailcore_workflowtask (
    id integer NOT NULL,
    sort_order integer,
    task_id integer NOT NULL,
    workflow_id integer NOT NULL
);
ALTER TABLE wagtailcore_workflowtask ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailcore_workflowtask_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtaildocs_document (
    id integer NOT NULL,
    title character varying(255) NOT NULL,
    file character varying(100) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    uploaded_by_user_id integer,
    collection_id integer NOT NULL,
    file_size bigint,
    file_hash character varying(40) NOT NULL,
    CONSTRAINT wagtaildocs_document_file_size_check CHECK ((file_size >= 0))
);
ALTER TABLE wagtaildocs_document ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtaildocs_document_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailembeds_embed (
    id integer NOT NULL,
    url text NOT NULL,
    max_width smallint,
    type character varying(10) NOT NULL,
    html text NOT NULL,
    title text NOT NULL,
    author_name text NOT NULL,
    provider_name text NOT NULL,
    thumbnail_url text NOT NULL,
    width integer,
    height integer,
    last_updated timestamp with time zone NOT NULL,
    hash character varying(32) NOT NULL,
    cache_until timestamp with time zone
);
ALTER TABLE wagtailembeds_embed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailembeds_embed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailimages_image (
    id integer NOT NULL,
    title character varying(255) NOT NULL,
    file character varying(100) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    focal_point_x integer,
    focal_point_y integer,
    focal_point_width integer,
    focal_point_height integer,
    uploaded_by_user_id integer,
    file_size integer,
    collection_id integer NOT NULL,
    file_hash character varying(40) NOT NULL,
    description character varying(255) NOT NULL,
    CONSTRAINT wagtailimages_image_file_size_check CHECK ((file_size >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_height_check CHECK ((focal_point_height >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_width_check CHECK ((focal_point_width >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_x_check CHECK ((focal_point_x >= 0)),
    CONSTRAINT wagtailimages_image_focal_point_y_check CHECK ((focal_point_y >= 0))
);
ALTER TABLE wagtailimages_image ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailimages_image_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailimages_rendition (
    id integer NOT NULL,
    file character varying(100) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    focal_point_key character varying(16) NOT NULL,
    filter_spec character varying(255) NOT NULL,
    image_id integer NOT NULL
);
ALTER TABLE wagtailimages_rendition ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailimages_rendition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailredirects_redirect (
    id integer NOT NULL,
    old_path character varying(255) NOT NULL,
    is_permanent boolean NOT NULL,
    redirect_link character varying(255) NOT NULL,
    redirect_page_id integer,
    site_id integer,
    automatically_created boolean NOT NULL,
    created_at timestamp with time zone,
    redirect_page_route_path character varying(255) NOT NULL
);
ALTER TABLE wagtailredirects_redirect ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailredirects_redirect_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailsearch_indexentry (
    id integer NOT NULL,
    object_id character varying(50) NOT NULL,
    title_norm double precision NOT NULL,
    content_type_id integer NOT NULL,
    autocomplete tsvector NOT NULL,
    title tsvector NOT NULL,
    body tsvector NOT NULL,
    title_text text NOT NULL,
    body_text text NOT NULL
);
ALTER TABLE wagtailsearch_indexentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailsearch_indexentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE wagtailusers_userprofile (
    id integer NOT NULL,
    submitted_notifications boolean NOT NULL,
    approved_notifications boolean NOT NULL,
    rejected_notifications boolean NOT NULL,
    user_id integer NOT NULL,
    preferred_language character varying(10) NOT NULL,
    current_time_zone character varying(40) NOT NULL,
    avatar character varying(100) NOT NULL,
    updated_comments_notifications boolean NOT NULL,
    dismissibles jsonb NOT NULL,
    theme character varying(40) NOT NULL,
    density character varying(40) NOT NULL,
    contrast character varying(40) NOT NULL,
    keyboard_shortcuts boolean NOT NULL
);
ALTER TABLE wagtailusers_userprofile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME wagtailusers_userprofile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE webhooks_delivery (
    id uuid NOT NULL,
    event_key character varying(60) NOT NULL,
    type character varying(40) NOT NULL,
    object_id character varying(40) NOT NULL,
    detail_id character varying(40) NOT NULL,
    at timestamp with time zone NOT NULL,
    state character varying(8) NOT NULL,
    tries smallint NOT NULL,
    next_at timestamp with time zone,
    made_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    endpoint_id bigint NOT NULL,
    CONSTRAINT webhooks_delivery_tries_check CHECK ((tries >= 0)),
    CONSTRAINT webhooks_waiting_has_time CHECK ((((finished_at IS NULL) AND (next_at IS NOT NULL) AND ((state)::text = 'waiting'::text)) OR ((finished_at IS NOT NULL) AND (next_at IS NULL) AND (state IN ('done', 'failed')))))
);
CREATE TABLE webhooks_endpoint (
    id bigint NOT NULL,
    url character varying(500) NOT NULL,
    description character varying(80) NOT NULL,
    types jsonb NOT NULL,
    people boolean NOT NULL,
    active boolean NOT NULL,
    since timestamp with time zone NOT NULL,
    off_reason character varying(8) NOT NULL,
    off_at timestamp with time zone,
    made_by_id bigint NOT NULL,
    made_by_name character varying(150) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    failures integer NOT NULL,
    failing_since timestamp with time zone,
    rests_until timestamp with time zone,
    charity_id bigint NOT NULL,
    CONSTRAINT webhooks_endpoint_failures_check CHECK ((failures >= 0)),
    CONSTRAINT webhooks_off_has_reason CHECK (((active AND (off_at IS NULL) AND ((off_reason)::text = ''::text)) OR ((NOT active) AND (off_at IS NOT NULL) AND (off_reason IN ('staff', 'gone', 'failing')))))
);
ALTER TABLE webhooks_endpoint ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME webhooks_endpoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE webhooks_endpointsecret (
    id bigint NOT NULL,
    sealed text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    good_until timestamp with time zone,
    endpoint_id bigint NOT NULL
);
ALTER TABLE webhooks_endpointsecret ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME webhooks_endpointsecret_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE webhooks_tail (
    source character varying(40) NOT NULL,
    after bigint NOT NULL
);
CREATE TABLE webhooks_try (
    id bigint NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    status smallint,
    took_ms integer,
    why character varying(20) NOT NULL,
    answer text NOT NULL,
    delivery_id uuid NOT NULL,
    CONSTRAINT webhooks_try_status_check CHECK ((status >= 0)),
    CONSTRAINT webhooks_try_took_ms_check CHECK ((took_ms >= 0))
);
ALTER TABLE webhooks_try ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME webhooks_try_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
INSERT INTO auth_group VALUES (1, 'Moderators');
INSERT INTO auth_group VALUES (2, 'Editors');
INSERT INTO auth_group_permissions VALUES (1, 1, 105);
INSERT INTO auth_group_permissions VALUES (2, 1, 106);
INSERT INTO auth_group_permissions VALUES (3, 1, 107);
INSERT INTO auth_group_permissions VALUES (4, 2, 105);
INSERT INTO auth_group_permissions VALUES (5, 2, 106);
INSERT INTO auth_group_permissions VALUES (6, 2, 107);
INSERT INTO auth_group_permissions VALUES (7, 1, 108);
INSERT INTO auth_group_permissions VALUES (8, 2, 108);
INSERT INTO auth_group_permissions VALUES (9, 1, 109);
INSERT INTO auth_group_permissions VALUES (10, 2, 109);
INSERT INTO auth_group_permissions VALUES (11, 1, 112);
INSERT INTO auth_group_permissions VALUES (12, 1, 113);
INSERT INTO auth_group_permissions VALUES (13, 1, 111);
INSERT INTO auth_group_permissions VALUES (14, 2, 112);
INSERT INTO auth_group_permissions VALUES (15, 2, 113);
INSERT INTO auth_group_permissions VALUES (16, 2, 111);
INSERT INTO auth_group_permissions VALUES (17, 1, 114);
INSERT INTO auth_group_permissions VALUES (18, 2, 114);
INSERT INTO auth_permission VALUES (1, 'Can add locale', 3, 'add_locale');
INSERT INTO auth_permission VALUES (2, 'Can change locale', 3, 'change_locale');
INSERT INTO auth_permission VALUES (3, 'Can delete locale', 3, 'delete_locale');
INSERT INTO auth_permission VALUES (4, 'Can view locale', 3, 'view_locale');
INSERT INTO auth_permission VALUES (5, 'Can add site', 4, 'add_site');
INSERT INTO auth_permission VALUES (6, 'Can change site', 4, 'change_site');
INSERT INTO auth_permission VALUES (7, 'Can delete site', 4, 'delete_site');
INSERT INTO auth_permission VALUES (8, 'Can view site', 4, 'view_site');
INSERT INTO auth_permission VALUES (9, 'Can add group site permission', 5, 'add_groupsitepermission');
INSERT INTO auth_permission VALUES (10, 'Can change group site permission', 5, 'change_groupsitepermission');
INSERT INTO auth_permission VALUES (11, 'Can delete group site permission', 5, 'delete_groupsitepermission');
INSERT INTO auth_permission VALUES (12, 'Can view group site permission', 5, 'view_groupsitepermission');
INSERT INTO auth_permission VALUES (13, 'Can add model log entry', 6, 'add_modellogentry');
INSERT INTO auth_permission VALUES (14, 'Can change model log entry', 6, 'change_modellogentry');
INSERT INTO auth_permission VALUES (15, 'Can delete model log entry', 6, 'delete_modellogentry');
INSERT INTO auth_permission VALUES (16, 'Can view model log entry', 6, 'view_modellogentry');
INSERT INTO auth_permission VALUES (17, 'Can add revision', 7, 'add_revision');
INSERT INTO auth_permission VALUES (18, 'Can change revision', 7, 'change_revision');
INSERT INTO auth_permission VALUES (19, 'Can delete revision', 7, 'delete_revision');
INSERT INTO auth_permission VALUES (20, 'Can view revision', 7, 'view_revision');
INSERT INTO auth_permission VALUES (21, 'Can add collection view restriction', 8, 'add_collectionviewrestriction');
INSERT INTO auth_permission VALUES (22, 'Can change collection view restriction', 8, 'change_collectionviewrestriction');
INSERT INTO auth_permission VALUES (23, 'Can delete collection view restriction', 8, 'delete_collectionviewrestriction');
INSERT INTO auth_permission VALUES (24, 'Can view collection view restriction', 8, 'view_collectionviewrestriction');
INSERT INTO auth_permission VALUES (25, 'Can add collection', 9, 'add_collection');
INSERT INTO auth_permission VALUES (26, 'Can change collection', 9, 'change_collection');
INSERT INTO auth_permission VALUES (27, 'Can delete collection', 9, 'delete_collection');
INSERT INTO auth_permission VALUES (28, 'Can view collection', 9, 'view_collection');
INSERT INTO auth_permission VALUES (29, 'Can add group collection permission', 10, 'add_groupcollectionpermission');
INSERT INTO auth_permission VALUES (30, 'Can change group collection permission', 10, 'change_groupcollectionpermission');
INSERT INTO auth_permission VALUES (31, 'Can delete group collection permission', 10, 'delete_groupcollectionpermission');
INSERT INTO auth_permission VALUES (32, 'Can view group collection permission', 10, 'view_groupcollectionpermission');
INSERT INTO auth_permission VALUES (33, 'Can add uploaded file', 11, 'add_uploadedfile');
INSERT INTO auth_permission VALUES (34, 'Can change uploaded file', 11, 'change_uploadedfile');
INSERT INTO auth_permission VALUES (35, 'Can delete uploaded file', 11, 'delete_uploadedfile');
INSERT INTO auth_permission VALUES (36, 'Can view uploaded file', 11, 'view_uploadedfile');
INSERT INTO auth_permission VALUES (37, 'Can add workflow content type', 12, 'add_workflowcontenttype');
INSERT INTO auth_permission VALUES (38, 'Can change workflow content type', 12, 'change_workflowcontenttype');
INSERT INTO auth_permission VALUES (39, 'Can delete workflow content type', 12, 'delete_workflowcontenttype');
INSERT INTO auth_permission VALUES (40, 'Can view workflow content type', 12, 'view_workflowcontenttype');
INSERT INTO auth_permission VALUES (41, 'Can add Workflow state', 13, 'add_workflowstate');
INSERT INTO auth_permission VALUES (42, 'Can change Workflow state', 13, 'change_workflowstate');
INSERT INTO auth_permission VALUES (43, 'Can delete Workflow state', 13, 'delete_workflowstate');
INSERT INTO auth_permission VALUES (44, 'Can view Workflow state', 13, 'view_workflowstate');
INSERT INTO auth_permission VALUES (45, 'Can add workflow', 14, 'add_workflow');
INSERT INTO auth_permission VALUES (46, 'Can change workflow', 14, 'change_workflow');
INSERT INTO auth_permission VALUES (47, 'Can delete workflow', 14, 'delete_workflow');
INSERT INTO auth_permission VALUES (48, 'Can view workflow', 14, 'view_workflow');
INSERT INTO auth_permission VALUES (49, 'Can add workflow task order', 15, 'add_workflowtask');
INSERT INTO auth_permission VALUES (50, 'Can change workflow task order', 15, 'change_workflowtask');
INSERT INTO auth_permission VALUES (51, 'Can delete workflow task order', 15, 'delete_workflowtask');
INSERT INTO auth_permission VALUES (52, 'Can view workflow task order', 15, 'view_workflowtask');
INSERT INTO auth_permission VALUES (53, 'Can add task', 16, 'add_task');
INSERT INTO auth_permission VALUES (54, 'Can change task', 16, 'change_task');
INSERT INTO auth_permission VALUES (55, 'Can delete task', 16, 'delete_task');
INSERT INTO auth_permission VALUES (56, 'Can view task', 16, 'view_task');
INSERT INTO auth_permission VALUES (57, 'Can add Group approval task', 2, 'add_groupapprovaltask');
INSERT INTO auth_permission VALUES (58, 'Can change Group approval task', 2, 'change_groupapprovaltask');
INSERT INTO auth_permission VALUES (59, 'Can delete Group approval task', 2, 'delete_groupapprovaltask');
INSERT INTO auth_permission VALUES (60, 'Can view Group approval task', 2, 'view_groupapprovaltask');
INSERT INTO auth_permission VALUES (61, 'Can add Task state', 17, 'add_taskstate');
INSERT INTO auth_permission VALUES (62, 'Can change Task state', 17, 'change_taskstate');
INSERT INTO auth_permission VALUES (63, 'Can delete Task state', 17, 'delete_taskstate');
INSERT INTO auth_permission VALUES (64, 'Can view Task state', 17, 'view_taskstate');
INSERT INTO auth_permission VALUES (65, 'Can add page', 1, 'add_page');
INSERT INTO auth_permission VALUES (66, 'Can change page', 1, 'change_page');
INSERT INTO auth_permission VALUES (67, 'Can delete page', 1, 'delete_page');
INSERT INTO auth_permission VALUES (68, 'Can view page', 1, 'view_page');
INSERT INTO auth_permission VALUES (69, 'Delete pages with children', 1, 'bulk_delete_page');
INSERT INTO auth_permission VALUES (70, 'Lock/unlock pages you''ve locked', 1, 'lock_page');
INSERT INTO auth_permission VALUES (71, 'Publish any page', 1, 'publish_page');
INSERT INTO auth_permission VALUES (72, 'Unlock any page', 1, 'unlock_page');
INSERT INTO auth_permission VALUES (73, 'Can add group page permission', 18, 'add_grouppagepermission');
INSERT INTO auth_permission VALUES (74, 'Can change group page permission', 18, 'change_grouppagepermission');
INSERT INTO auth_permission VALUES (75, 'Can delete group page permission', 18, 'delete_grouppagepermission');
INSERT INTO auth_permission VALUES (76, 'Can view group page permission', 18, 'view_grouppagepermission');
INSERT INTO auth_permission VALUES (77, 'Can add page view restriction', 19, 'add_pageviewrestriction');
INSERT INTO auth_permission VALUES (78, 'Can change page view restriction', 19, 'change_pageviewrestriction');
INSERT INTO auth_permission VALUES (79, 'Can delete page view restriction', 19, 'delete_pageviewrestriction');
INSERT INTO auth_permission VALUES (80, 'Can view page view restriction', 19, 'view_pageviewrestriction');
INSERT INTO auth_permission VALUES (81, 'Can add workflow page', 20, 'add_workflowpage');
INSERT INTO auth_permission VALUES (82, 'Can change workflow page', 20, 'change_workflowpage');
INSERT INTO auth_permission VALUES (83, 'Can delete workflow page', 20, 'delete_workflowpage');
INSERT INTO auth_permission VALUES (84, 'Can view workflow page', 20, 'view_workflowpage');
INSERT INTO auth_permission VALUES (85, 'Can add page log entry', 21, 'add_pagelogentry');
INSERT INTO auth_permission VALUES (86, 'Can change page log entry', 21, 'change_pagelogentry');
INSERT INTO auth_permission VALUES (87, 'Can delete page log entry', 21, 'delete_pagelogentry');
INSERT INTO auth_permission VALUES (88, 'Can view page log entry', 21, 'view_pagelogentry');
INSERT INTO auth_permission VALUES (89, 'Can add comment', 22, 'add_comment');
INSERT INTO auth_permission VALUES (90, 'Can change comment', 22, 'change_comment');
INSERT INTO auth_permission VALUES (91, 'Can delete comment', 22, 'delete_comment');
INSERT INTO auth_permission VALUES (92, 'Can view comment', 22, 'view_comment');
INSERT INTO auth_permission VALUES (93, 'Can add comment reply', 23, 'add_commentreply');
INSERT INTO auth_permission VALUES (94, 'Can change comment reply', 23, 'change_commentreply');
INSERT INTO auth_permission VALUES (95, 'Can delete comment reply', 23, 'delete_commentreply');
INSERT INTO auth_permission VALUES (96, 'Can view comment reply', 23, 'view_commentreply');
INSERT INTO auth_permission VALUES (97, 'Can add page subscription', 24, 'add_pagesubscription');
INSERT INTO auth_permission VALUES (98, 'Can change page subscription', 24, 'change_pagesubscription');
INSERT INTO auth_permission VALUES (99, 'Can delete page subscription', 24, 'delete_pagesubscription');
INSERT INTO auth_permission VALUES (100, 'Can view page subscription', 24, 'view_pagesubscription');
INSERT INTO auth_permission VALUES (101, 'Can add reference index', 25, 'add_referenceindex');
INSERT INTO auth_permission VALUES (102, 'Can change reference index', 25, 'change_referenceindex');
INSERT INTO auth_permission VALUES (103, 'Can delete reference index', 25, 'delete_referenceindex');
INSERT INTO auth_permission VALUES (104, 'Can view reference index', 25, 'view_referenceindex');
INSERT INTO auth_permission VALUES (105, 'Can add image', 26, 'add_image');
INSERT INTO auth_permission VALUES (106, 'Can change image', 26, 'change_image');
INSERT INTO auth_permission VALUES (107, 'Can delete image', 26, 'delete_image');
INSERT INTO auth_permission VALUES (108, 'Can access Wagtail admin', 27, 'access_admin');
INSERT INTO auth_permission VALUES (109, 'Can choose image', 26, 'choose_image');
INSERT INTO auth_permission VALUES (110, 'Enable 2FA', 27, 'enable_2fa');
INSERT INTO auth_permission VALUES (111, 'Can add document', 28, 'add_document');
INSERT INTO auth_permission VALUES (112, 'Can change document', 28, 'change_document');
INSERT INTO auth_permission VALUES (113, 'Can delete document', 28, 'delete_document');
INSERT INTO auth_permission VALUES (114, 'Can choose document', 28, 'choose_document');
INSERT INTO django_content_type VALUES (1, 'wagtailcore', 'page');
INSERT INTO django_content_type VALUES (2, 'wagtailcore', 'groupapprovaltask');
INSERT INTO django_content_type VALUES (3, 'wagtailcore', 'locale');
INSERT INTO django_content_type VALUES (4, 'wagtailcore', 'site');
INSERT INTO django_content_type VALUES (5, 'wagtailcore', 'groupsitepermission');
INSERT INTO django_content_type VALUES (6, 'wagtailcore', 'modellogentry');
INSERT INTO django_content_type VALUES (7, 'wagtailcore', 'revision');
INSERT INTO django_content_type VALUES (8, 'wagtailcore', 'collectionviewrestriction');
INSERT INTO django_content_type VALUES (9, 'wagtailcore', 'collection');
INSERT INTO django_content_type VALUES (10, 'wagtailcore', 'groupcollectionpermission');
INSERT INTO django_content_type VALUES (11, 'wagtailcore', 'uploadedfile');
INSERT INTO django_content_type VALUES (12, 'wagtailcore', 'workflowcontenttype');
INSERT INTO django_content_type VALUES (13, 'wagtailcore', 'workflowstate');
INSERT INTO django_content_type VALUES (14, 'wagtailcore', 'workflow');
INSERT INTO django_content_type VALUES (15, 'wagtailcore', 'workflowtask');
INSERT INTO django_content_type VALUES (16, 'wagtailcore', 'task');
INSERT INTO django_content_type VALUES (17, 'wagtailcore', 'taskstate');
INSERT INTO django_content_type VALUES (18, 'wagtailcore', 'grouppagepermission');
INSERT INTO django_content_type VALUES (19, 'wagtailcore', 'pageviewrestriction');
INSERT INTO django_content_type VALUES (20, 'wagtailcore', 'workflowpage');
INSERT INTO django_content_type VALUES (21, 'wagtailcore', 'pagelogentry');
INSERT INTO django_content_type VALUES (22, 'wagtailcore', 'comment');
INSERT INTO django_content_type VALUES (23, 'wagtailcore', 'commentreply');
INSERT INTO django_content_type VALUES (24, 'wagtailcore', 'pagesubscription');
INSERT INTO django_content_type VALUES (25, 'wagtailcore', 'referenceindex');
INSERT INTO django_content_type VALUES (26, 'wagtailimages', 'image');
INSERT INTO django_content_type VALUES (27, 'wagtailadmin', 'admin');
INSERT INTO django_content_type VALUES (28, 'wagtaildocs', 'document');
INSERT INTO wagtailcore_collection VALUES (1, '0001', 1, 0, 'Root');
INSERT INTO wagtailcore_groupapprovaltask VALUES (1);
INSERT INTO wagtailcore_groupapprovaltask_groups VALUES (1, 1, 1);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (1, 1, 1, 105);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (2, 1, 2, 105);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (3, 1, 1, 106);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (4, 1, 2, 106);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (5, 1, 1, 109);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (6, 1, 2, 109);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (7, 1, 1, 111);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (8, 1, 2, 111);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (9, 1, 1, 112);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (10, 1, 2, 112);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (11, 1, 1, 114);
INSERT INTO wagtailcore_groupcollectionpermission VALUES (12, 1, 2, 114);
INSERT INTO wagtailcore_grouppagepermission VALUES (1, 1, 1, 65);
INSERT INTO wagtailcore_grouppagepermission VALUES (2, 1, 1, 66);
INSERT INTO wagtailcore_grouppagepermission VALUES (3, 1, 1, 71);
INSERT INTO wagtailcore_grouppagepermission VALUES (4, 2, 1, 65);
INSERT INTO wagtailcore_grouppagepermission VALUES (5, 2, 1, 66);
INSERT INTO wagtailcore_grouppagepermission VALUES (6, 1, 1, 70);
INSERT INTO wagtailcore_grouppagepermission VALUES (7, 1, 1, 72);
INSERT INTO wagtailcore_locale VALUES (1, 'en');
INSERT INTO wagtailcore_page VALUES (1, '0001', 1, 1, 'Root', 'root', true, false, '/', '', false, '', NULL, NULL, false, 1, NULL, false, NULL, NULL, NULL, NULL, 'Root', NULL, NULL, '{uuid}', 1, NULL, NULL);
INSERT INTO wagtailcore_page VALUES (2, '00010001', 2, 0, 'Welcome to your new Wagtail site!', 'home', true, false, '/home/', '', false, '', NULL, NULL, false, 1, NULL, false, NULL, NULL, NULL, NULL, 'Welcome to your new Wagtail site!', NULL, NULL, '{uuid}', 1, NULL, NULL);
INSERT INTO wagtailcore_site VALUES (1, 'localhost', 80, true, 2, '');
INSERT INTO wagtailcore_task VALUES (1, 'Moderators approval', true, 2);
INSERT INTO wagtailcore_workflow VALUES (1, 'Moderators approval', true);
INSERT INTO wagtailcore_workflowpage VALUES (1, 1);
INSERT INTO wagtailcore_workflowtask VALUES (1, 0, 1, 1);
SELECT pg_catalog.setval('auth_group_id_seq', 2, true);
SELECT pg_catalog.setval('auth_group_permissions_id_seq', 18, true);
SELECT pg_catalog.setval('auth_permission_id_seq', 114, true);
SELECT pg_catalog.setval('django_content_type_id_seq', 28, true);
SELECT pg_catalog.setval('wagtailcore_collection_id_seq', 1, true);
SELECT pg_catalog.setval('wagtailcore_groupapprovaltask_groups_id_seq', 1, true);
SELECT pg_catalog.setval('wagtailcore_groupcollectionpermission_id_seq', 12, true);
SELECT pg_catalog.setval('wagtailcore_grouppagepermission_id_seq', 7, true);
SELECT pg_catalog.setval('wagtailcore_locale_id_seq', 1, true);
SELECT pg_catalog.setval('wagtailcore_page_id_seq', 2, true);
SELECT pg_catalog.setval('wagtailcore_site_id_seq', 1, true);
SELECT pg_catalog.setval('wagtailcore_task_id_seq', 1, true);
SELECT pg_catalog.setval('wagtailcore_workflow_id_seq', 1, true);
SELECT pg_catalog.setval('wagtailcore_workflowtask_id_seq', 1, true);
ALTER TABLE ONLY api_apicall
    ADD CONSTRAINT api_apicall_pkey PRIMARY KEY (id);
ALTER TABLE ONLY api_apirate
    ADD CONSTRAINT api_apirate_pkey PRIMARY KEY (token_id);
ALTER TABLE ONLY api_apitoken
    ADD CONSTRAINT api_apitoken_digest_key UNIQUE (digest);
ALTER TABLE ONLY api_apitoken
    ADD CONSTRAINT api_apitoken_pkey PRIMARY KEY (id);
ALTER TABLE ONLY api_apicall
    ADD CONSTRAINT api_call_once UNIQUE (token_id, key);
ALTER TABLE ONLY auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_user_groups
    ADD CONSTRAINT auth_user_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_user_groups
    ADD CONSTRAINT auth_user_groups_user_id_group_id_94350c0c_uniq UNIQUE (user_id, group_id);
ALTER TABLE ONLY auth_user
    ADD CONSTRAINT auth_user_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permissions_user_id_permission_id_14a6b632_uniq UNIQUE (user_id, permission_id);
ALTER TABLE ONLY auth_user
    ADD CONSTRAINT auth_user_username_key UNIQUE (username);
ALTER TABLE ONLY backoffice_signintry
    ADD CONSTRAINT backoffice_signintry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY banking_bankaccount
    ADD CONSTRAINT banking_account_once UNIQUE (charity_id, name);
ALTER TABLE ONLY banking_bankaccount
    ADD CONSTRAINT banking_bankaccount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY banking_statement
    ADD CONSTRAINT banking_statement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY banking_statementline
    ADD CONSTRAINT banking_statementline_credit_id_key UNIQUE (credit_id);
ALTER TABLE ONLY banking_statementline
    ADD CONSTRAINT banking_statementline_payout_id_key UNIQUE (payout_id);
ALTER TABLE ONLY banking_statementline
    ADD CONSTRAINT banking_statementline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY charities_auditentry
    ADD CONSTRAINT charities_auditentry_hash_key UNIQUE (hash);
ALTER TABLE ONLY charities_auditentry
    ADD CONSTRAINT charities_auditentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY charities_audithead
    ADD CONSTRAINT charities_audithead_pkey PRIMARY KEY (id);
ALTER TABLE ONLY charities_charity
    ADD CONSTRAINT charities_charity_pkey PRIMARY KEY (id);
ALTER TABLE ONLY charities_charity
    ADD CONSTRAINT charities_charity_slug_key UNIQUE (slug);
ALTER TABLE ONLY charities_charityhost
    ADD CONSTRAINT charities_charityhost_host_key UNIQUE (host);
ALTER TABLE ONLY charities_charityhost
    ADD CONSTRAINT charities_charityhost_pkey PRIMARY KEY (id);
ALTER TABLE ONLY charities_contentstamp
    ADD CONSTRAINT charities_contentstamp_pkey PRIMARY KEY (charity_id);
ALTER TABLE ONLY charities_fund
    ADD CONSTRAINT charities_fund_code UNIQUE (charity_id, code);
ALTER TABLE ONLY charities_fund
    ADD CONSTRAINT charities_fund_pkey PRIMARY KEY (id);
ALTER TABLE ONLY charities_phrase
    ADD CONSTRAINT charities_phrase_pkey PRIMARY KEY (id);
ALTER TABLE ONLY charities_staffscope
    ADD CONSTRAINT charities_scope_once UNIQUE (user_id, charity_id);
ALTER TABLE ONLY charities_staffscope
    ADD CONSTRAINT charities_staffscope_pkey PRIMARY KEY (id);
ALTER TABLE ONLY consents_consent
    ADD CONSTRAINT consents_consent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY consents_covered
    ADD CONSTRAINT consents_covered_once UNIQUE (consent_id, kind, digest);
ALTER TABLE ONLY consents_covered
    ADD CONSTRAINT consents_covered_pkey PRIMARY KEY (id);
ALTER TABLE ONLY consents_externaluse
    ADD CONSTRAINT consents_externaluse_pkey PRIMARY KEY (id);
ALTER TABLE ONLY consents_withdrawal
    ADD CONSTRAINT consents_withdrawal_consent_id_key UNIQUE (consent_id);
ALTER TABLE ONLY consents_withdrawal
    ADD CONSTRAINT consents_withdrawal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY crm_appealcampaign
    ADD CONSTRAINT crm_appeal_once UNIQUE (charity_id, appeal);
ALTER TABLE ONLY crm_appealcampaign
    ADD CONSTRAINT crm_appealcampaign_pkey PRIMARY KEY (id);
ALTER TABLE ONLY crm_fundunit
    ADD CONSTRAINT crm_fundunit_fund_id_key UNIQUE (fund_id);
ALTER TABLE ONLY crm_fundunit
    ADD CONSTRAINT crm_fundunit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY crm_link
    ADD CONSTRAINT crm_link_charity_id_key UNIQUE (charity_id);
ALTER TABLE ONLY crm_link
    ADD CONSTRAINT crm_link_pkey PRIMARY KEY (id);
ALTER TABLE ONLY crm_mirror
    ADD CONSTRAINT crm_mirror_object_id_key UNIQUE (object_id);
ALTER TABLE ONLY crm_mirror
    ADD CONSTRAINT crm_mirror_pkey PRIMARY KEY (id);
ALTER TABLE ONLY crm_person
    ADD CONSTRAINT crm_person_key_key UNIQUE (key);
ALTER TABLE ONLY crm_person
    ADD CONSTRAINT crm_person_pkey PRIMARY KEY (id);
ALTER TABLE ONLY crm_place
    ADD CONSTRAINT crm_place_pkey PRIMARY KEY ("table");
ALTER TABLE ONLY django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY donors_askhit
    ADD CONSTRAINT donors_askhit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY donors_linkrequest
    ADD CONSTRAINT donors_linkrequest_key_key UNIQUE (key);
ALTER TABLE ONLY donors_linkrequest
    ADD CONSTRAINT donors_linkrequest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY donors_methodsetup
    ADD CONSTRAINT donors_methodsetup_pkey PRIMARY KEY (id);
ALTER TABLE ONLY donors_planmail
    ADD CONSTRAINT donors_planmail_key_key UNIQUE (key);
ALTER TABLE ONLY donors_planmail
    ADD CONSTRAINT donors_planmail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY donors_reachedmail
    ADD CONSTRAINT donors_reachedmail_key_key UNIQUE (key);
ALTER TABLE ONLY donors_reachedmail
    ADD CONSTRAINT donors_reachedmail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY donors_reachedmail
    ADD CONSTRAINT donors_reachedmail_public_key_key UNIQUE (public_key);
ALTER TABLE ONLY donors_told
    ADD CONSTRAINT donors_told_once UNIQUE (mail_id, observation_id);
ALTER TABLE ONLY donors_told
    ADD CONSTRAINT donors_told_pkey PRIMARY KEY (id);
ALTER TABLE ONLY donors_visit
    ADD CONSTRAINT donors_visit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY donors_visit
    ADD CONSTRAINT donors_visit_token_key UNIQUE (token);
ALTER TABLE ONLY donors_yearlymessage
    ADD CONSTRAINT donors_yearlymessage_pkey PRIMARY KEY (charity_id);
ALTER TABLE ONLY giving_attack
    ADD CONSTRAINT giving_attack_pkey PRIMARY KEY (id);
ALTER TABLE ONLY giving_batchline
    ADD CONSTRAINT giving_batchline_key_key UNIQUE (key);
ALTER TABLE ONLY giving_batchline
    ADD CONSTRAINT giving_batchline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY giving_consentquestion
    ADD CONSTRAINT giving_consent_channel_once UNIQUE (form_id, channel);
ALTER TABLE ONLY giving_consentquestion
    ADD CONSTRAINT giving_consentquestion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY giving_donationform
    ADD CONSTRAINT giving_donationform_pkey PRIMARY KEY (id);
ALTER TABLE ONLY giving_formcurrency
    ADD CONSTRAINT giving_form_currency_once UNIQUE (form_id, currency);
ALTER TABLE ONLY giving_formfund
    ADD CONSTRAINT giving_form_fund_once UNIQUE (form_id, fund_id);
ALTER TABLE ONLY giving_donationform
    ADD CONSTRAINT giving_form_slug UNIQUE (charity_id, slug);
ALTER TABLE ONLY giving_formcurrency
    ADD CONSTRAINT giving_formcurrency_pkey PRIMARY KEY (id);
ALTER TABLE ONLY giving_formfund
    ADD CONSTRAINT giving_formfund_pkey PRIMARY KEY (id);
ALTER TABLE ONLY giving_formnumber
    ADD CONSTRAINT giving_formnumber_pkey PRIMARY KEY (id);
ALTER TABLE ONLY giving_funnelcount
    ADD CONSTRAINT giving_funnel_once UNIQUE (form_id, day, step, device);
ALTER TABLE ONLY giving_funnelcount
    ADD CONSTRAINT giving_funnelcount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY giving_gift
    ADD CONSTRAINT giving_gift_contact_id_key UNIQUE (contact_id);
ALTER TABLE ONLY giving_gift
    ADD CONSTRAINT giving_gift_pkey PRIMARY KEY (id);
ALTER TABLE ONLY giving_gift
    ADD CONSTRAINT giving_gift_public_key_key UNIQUE (public_key);
ALTER TABLE ONLY giving_gift
    ADD CONSTRAINT giving_gift_reference_key UNIQUE (reference);
ALTER TABLE ONLY giving_giftbatch
    ADD CONSTRAINT giving_giftbatch_pkey PRIMARY KEY (id);
ALTER TABLE ONLY giving_giftsource
    ADD CONSTRAINT giving_giftsource_pkey PRIMARY KEY (gift_id);
ALTER TABLE ONLY giving_limithit
    ADD CONSTRAINT giving_limithit_attempt_id_key UNIQUE (attempt_id);
ALTER TABLE ONLY giving_limithit
    ADD CONSTRAINT giving_limithit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY giving_formnumber
    ADD CONSTRAINT giving_number_once UNIQUE (charity_id, number);
ALTER TABLE ONLY giving_gift
    ADD CONSTRAINT giving_one_gift_a_period UNIQUE (plan_id, period_on);
ALTER TABLE ONLY giving_suggestedamount
    ADD CONSTRAINT giving_suggested_once UNIQUE (form_id, frequency, currency, amount_minor);
ALTER TABLE ONLY giving_suggestedamount
    ADD CONSTRAINT giving_suggestedamount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_claim
    ADD CONSTRAINT impact_claim_once UNIQUE (charity_id, key);
ALTER TABLE ONLY impact_claim
    ADD CONSTRAINT impact_claim_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_dimension
    ADD CONSTRAINT impact_dimension_once UNIQUE (indicator_id, name);
ALTER TABLE ONLY impact_dimension
    ADD CONSTRAINT impact_dimension_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_disclosure
    ADD CONSTRAINT impact_disclosure_observation_id_key UNIQUE (observation_id);
ALTER TABLE ONLY impact_disclosure
    ADD CONSTRAINT impact_disclosure_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_figurefile
    ADD CONSTRAINT impact_figurefile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_indicator
    ADD CONSTRAINT impact_indicator_once UNIQUE (result_id, slug);
ALTER TABLE ONLY impact_indicator
    ADD CONSTRAINT impact_indicator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_observation
    ADD CONSTRAINT impact_observation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_observation
    ADD CONSTRAINT impact_observation_supersedes_id_key UNIQUE (supersedes_id);
ALTER TABLE ONLY impact_partner
    ADD CONSTRAINT impact_partner_once UNIQUE (charity_id, name);
ALTER TABLE ONLY impact_partner
    ADD CONSTRAINT impact_partner_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_partnership
    ADD CONSTRAINT impact_partnership_once UNIQUE (programme_id, partner_id, role);
ALTER TABLE ONLY impact_partnership
    ADD CONSTRAINT impact_partnership_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_programme_funds
    ADD CONSTRAINT impact_programme_funds_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_programme_funds
    ADD CONSTRAINT impact_programme_funds_programme_id_fund_id_b8752aa3_uniq UNIQUE (programme_id, fund_id);
ALTER TABLE ONLY impact_programme
    ADD CONSTRAINT impact_programme_once UNIQUE (charity_id, slug);
ALTER TABLE ONLY impact_programme
    ADD CONSTRAINT impact_programme_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_publisher
    ADD CONSTRAINT impact_publisher_charity_id_key UNIQUE (charity_id);
ALTER TABLE ONLY impact_publisher
    ADD CONSTRAINT impact_publisher_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_release
    ADD CONSTRAINT impact_release_once UNIQUE (observation_id, attempt);
ALTER TABLE ONLY impact_release
    ADD CONSTRAINT impact_release_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_releaseapproval
    ADD CONSTRAINT impact_releaseapproval_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_releaseapproval
    ADD CONSTRAINT impact_releaseapproval_release_id_key UNIQUE (release_id);
ALTER TABLE ONLY impact_releaseend
    ADD CONSTRAINT impact_releaseend_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_releaseend
    ADD CONSTRAINT impact_releaseend_release_id_key UNIQUE (release_id);
ALTER TABLE ONLY impact_replacement
    ADD CONSTRAINT impact_replacement_new_id_key UNIQUE (new_id);
ALTER TABLE ONLY impact_replacement
    ADD CONSTRAINT impact_replacement_old_id_key UNIQUE (old_id);
ALTER TABLE ONLY impact_replacement
    ADD CONSTRAINT impact_replacement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_result
    ADD CONSTRAINT impact_result_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_source
    ADD CONSTRAINT impact_source_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_target
    ADD CONSTRAINT impact_target_once UNIQUE (indicator_id, first, last);
ALTER TABLE ONLY impact_target
    ADD CONSTRAINT impact_target_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_translation
    ADD CONSTRAINT impact_translation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_verification
    ADD CONSTRAINT impact_verification_observation_id_key UNIQUE (observation_id);
ALTER TABLE ONLY impact_verification
    ADD CONSTRAINT impact_verification_pkey PRIMARY KEY (id);
ALTER TABLE ONLY impact_wording
    ADD CONSTRAINT impact_wording_pkey PRIMARY KEY (id);
ALTER TABLE ONLY ledger_account
    ADD CONSTRAINT ledger_account_once UNIQUE (charity_id, code, currency);
ALTER TABLE ONLY ledger_account
    ADD CONSTRAINT ledger_account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY ledger_closing
    ADD CONSTRAINT ledger_closed_once UNIQUE (charity_id, until);
ALTER TABLE ONLY ledger_closing
    ADD CONSTRAINT ledger_closing_pkey PRIMARY KEY (id);
ALTER TABLE ONLY ledger_dayproved
    ADD CONSTRAINT ledger_dayproved_pkey PRIMARY KEY (id);
ALTER TABLE ONLY ledger_posting
    ADD CONSTRAINT ledger_posting_once UNIQUE (source, source_id, kind);
ALTER TABLE ONLY ledger_posting
    ADD CONSTRAINT ledger_posting_pkey PRIMARY KEY (id);
ALTER TABLE ONLY ledger_dayproved
    ADD CONSTRAINT ledger_proved_once UNIQUE (charity_id, day);
ALTER TABLE ONLY otp_totp_totpdevice
    ADD CONSTRAINT otp_totp_totpdevice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY outbox_job
    ADD CONSTRAINT outbox_job_dedupe_key_key UNIQUE (dedupe_key);
ALTER TABLE ONLY outbox_job
    ADD CONSTRAINT outbox_job_pkey PRIMARY KEY (id);
ALTER TABLE ONLY outbox_periodic
    ADD CONSTRAINT outbox_periodic_pkey PRIMARY KEY (name);
ALTER TABLE ONLY payments_attempt
    ADD CONSTRAINT payments_attempt_ordinal UNIQUE (gift_id, ordinal);
ALTER TABLE ONLY payments_attempt
    ADD CONSTRAINT payments_attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_balancecheck
    ADD CONSTRAINT payments_balance_once UNIQUE (gateway, account, currency);
ALTER TABLE ONLY payments_balancecheck
    ADD CONSTRAINT payments_balancecheck_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_bankcredit
    ADD CONSTRAINT payments_bankcredit_attempt_id_key UNIQUE (attempt_id);
ALTER TABLE ONLY payments_bankcredit
    ADD CONSTRAINT payments_bankcredit_payout_id_key UNIQUE (payout_id);
ALTER TABLE ONLY payments_bankcredit
    ADD CONSTRAINT payments_bankcredit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_eventcursor
    ADD CONSTRAINT payments_cursor_once UNIQUE (gateway, account);
ALTER TABLE ONLY payments_dispute
    ADD CONSTRAINT payments_dispute_once UNIQUE (attempt_id, gateway_id);
ALTER TABLE ONLY payments_dispute
    ADD CONSTRAINT payments_dispute_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_disputeevent
    ADD CONSTRAINT payments_disputeevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_disputefile
    ADD CONSTRAINT payments_disputefile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_disputereply
    ADD CONSTRAINT payments_disputereply_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_event
    ADD CONSTRAINT payments_event_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_eventcursor
    ADD CONSTRAINT payments_eventcursor_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_inboxmessage
    ADD CONSTRAINT payments_inbox_once UNIQUE (gateway, account, event_id);
ALTER TABLE ONLY payments_inboxmessage
    ADD CONSTRAINT payments_inboxmessage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_payout
    ADD CONSTRAINT payments_payout_once UNIQUE (gateway, account, gateway_id);
ALTER TABLE ONLY payments_payout
    ADD CONSTRAINT payments_payout_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_payoutevent
    ADD CONSTRAINT payments_payoutevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_refund
    ADD CONSTRAINT payments_refund_pkey PRIMARY KEY (id);
ALTER TABLE ONLY payments_refundevent
    ADD CONSTRAINT payments_refundevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY plans_planalias
    ADD CONSTRAINT plans_alias_once UNIQUE (charity_id, origin);
ALTER TABLE ONLY plans_chargerun
    ADD CONSTRAINT plans_chargerun_pkey PRIMARY KEY (id);
ALTER TABLE ONLY plans_foundcharge
    ADD CONSTRAINT plans_found_once UNIQUE (gateway, key);
ALTER TABLE ONLY plans_foundcharge
    ADD CONSTRAINT plans_foundcharge_pkey PRIMARY KEY (id);
ALTER TABLE ONLY plans_gatewaypause
    ADD CONSTRAINT plans_gatewaypause_gateway_key UNIQUE (gateway);
ALTER TABLE ONLY plans_gatewaypause
    ADD CONSTRAINT plans_gatewaypause_pkey PRIMARY KEY (id);
ALTER TABLE ONLY plans_plan
    ADD CONSTRAINT plans_imported_once UNIQUE (charity_id, imported_from);
ALTER TABLE ONLY plans_oldmethod
    ADD CONSTRAINT plans_oldmethod_pkey PRIMARY KEY (id);
ALTER TABLE ONLY plans_period
    ADD CONSTRAINT plans_period_gift_id_key UNIQUE (gift_id);
ALTER TABLE ONLY plans_period
    ADD CONSTRAINT plans_period_once UNIQUE (plan_id, "on");
ALTER TABLE ONLY plans_period
    ADD CONSTRAINT plans_period_pkey PRIMARY KEY (id);
ALTER TABLE ONLY plans_plan
    ADD CONSTRAINT plans_plan_first_gift_id_key UNIQUE (first_gift_id);
ALTER TABLE ONLY plans_plan
    ADD CONSTRAINT plans_plan_pkey PRIMARY KEY (id);
ALTER TABLE ONLY plans_plan
    ADD CONSTRAINT plans_plan_reference_key UNIQUE (reference);
ALTER TABLE ONLY plans_planalias
    ADD CONSTRAINT plans_planalias_pkey PRIMARY KEY (id);
ALTER TABLE ONLY plans_planevent
    ADD CONSTRAINT plans_planevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY plans_withdrawal
    ADD CONSTRAINT plans_withdrawal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY receipts_receipt
    ADD CONSTRAINT receipts_number_once UNIQUE (charity_id, number);
ALTER TABLE ONLY receipts_receipt
    ADD CONSTRAINT receipts_receipt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY receipts_receipt
    ADD CONSTRAINT receipts_receipt_token_key UNIQUE (token);
ALTER TABLE ONLY receipts_receiptcancellation
    ADD CONSTRAINT receipts_receiptcancellation_pkey PRIMARY KEY (receipt_id);
ALTER TABLE ONLY receipts_receiptdelivery
    ADD CONSTRAINT receipts_receiptdelivery_key_key UNIQUE (key);
ALTER TABLE ONLY receipts_receiptdelivery
    ADD CONSTRAINT receipts_receiptdelivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY receipts_receiptfile
    ADD CONSTRAINT receipts_receiptfile_pkey PRIMARY KEY (receipt_id);
ALTER TABLE ONLY receipts_receiptperson
    ADD CONSTRAINT receipts_receiptperson_pkey PRIMARY KEY (receipt_id);
ALTER TABLE ONLY receipts_receiptseal
    ADD CONSTRAINT receipts_receiptseal_pkey PRIMARY KEY (receipt_id);
ALTER TABLE ONLY receipts_receiptseries
    ADD CONSTRAINT receipts_receiptseries_pkey PRIMARY KEY (charity_id);
ALTER TABLE ONLY receipts_signingkey
    ADD CONSTRAINT receipts_signingkey_pkey PRIMARY KEY (key_id);
ALTER TABLE ONLY receipts_receipt
    ADD CONSTRAINT receipts_turn_once UNIQUE (gift_id, turn);
ALTER TABLE ONLY stories_homepage
    ADD CONSTRAINT stories_homepage_pkey PRIMARY KEY (page_ptr_id);
ALTER TABLE ONLY stories_importedpost
    ADD CONSTRAINT stories_imported_once UNIQUE (charity_id, key);
ALTER TABLE ONLY stories_importedpicture
    ADD CONSTRAINT stories_importedpicture_pkey PRIMARY KEY (id);
ALTER TABLE ONLY stories_importedpost
    ADD CONSTRAINT stories_importedpost_pkey PRIMARY KEY (id);
ALTER TABLE ONLY stories_moveline
    ADD CONSTRAINT stories_line_once UNIQUE (move_id, ordinal);
ALTER TABLE ONLY stories_move
    ADD CONSTRAINT stories_move_pkey PRIMARY KEY (id);
ALTER TABLE ONLY stories_moveline
    ADD CONSTRAINT stories_moveline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY stories_movepart
    ADD CONSTRAINT stories_movepart_pkey PRIMARY KEY (id);
ALTER TABLE ONLY stories_movepart
    ADD CONSTRAINT stories_part_once UNIQUE (move_id, ordinal);
ALTER TABLE ONLY stories_importedpicture
    ADD CONSTRAINT stories_picture_once UNIQUE (charity_id, key);
ALTER TABLE ONLY stories_picturemark
    ADD CONSTRAINT stories_picturemark_image_id_key UNIQUE (image_id);
ALTER TABLE ONLY stories_picturemark
    ADD CONSTRAINT stories_picturemark_pkey PRIMARY KEY (id);
ALTER TABLE ONLY stories_relatedstory
    ADD CONSTRAINT stories_related_once UNIQUE (story_id, other_id, picked);
ALTER TABLE ONLY stories_relatedstory
    ADD CONSTRAINT stories_relatedstory_pkey PRIMARY KEY (id);
ALTER TABLE ONLY stories_storyindexpage
    ADD CONSTRAINT stories_storyindexpage_pkey PRIMARY KEY (page_ptr_id);
ALTER TABLE ONLY stories_storypage
    ADD CONSTRAINT stories_storypage_pkey PRIMARY KEY (page_ptr_id);
ALTER TABLE ONLY stories_storyterms
    ADD CONSTRAINT stories_storyterms_pkey PRIMARY KEY (story_id);
ALTER TABLE ONLY stories_textpage
    ADD CONSTRAINT stories_textpage_pkey PRIMARY KEY (page_ptr_id);
ALTER TABLE ONLY supporters_consent
    ADD CONSTRAINT supporters_consent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY supporters_consentwording
    ADD CONSTRAINT supporters_consentwording_pkey PRIMARY KEY (id);
ALTER TABLE ONLY supporters_contact
    ADD CONSTRAINT supporters_contact_pkey PRIMARY KEY (id);
ALTER TABLE ONLY supporters_supporter
    ADD CONSTRAINT supporters_email_once UNIQUE (charity_id, email_key);
ALTER TABLE ONLY supporters_supporter
    ADD CONSTRAINT supporters_supporter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY supporters_consentwording
    ADD CONSTRAINT supporters_wording_version UNIQUE (charity_id, channel, version);
ALTER TABLE ONLY taggit_tag
    ADD CONSTRAINT taggit_tag_name_key UNIQUE (name);
ALTER TABLE ONLY taggit_tag
    ADD CONSTRAINT taggit_tag_pkey PRIMARY KEY (id);
ALTER TABLE ONLY taggit_tag
    ADD CONSTRAINT taggit_tag_slug_key UNIQUE (slug);
ALTER TABLE ONLY taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_content_type_id_object_id_tag_id_4bb97a8e_uni UNIQUE (content_type_id, object_id, tag_id);
ALTER TABLE ONLY taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_grouppagepermission
    ADD CONSTRAINT unique_permission UNIQUE (group_id, page_id, permission_id);
ALTER TABLE ONLY wagtailadmin_admin
    ADD CONSTRAINT wagtailadmin_admin_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailadmin_editingsession
    ADD CONSTRAINT wagtailadmin_editingsession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailadmin_formstate
    ADD CONSTRAINT wagtailadmin_formstate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_collection
    ADD CONSTRAINT wagtailcore_collection_path_key UNIQUE (path);
ALTER TABLE ONLY wagtailcore_collection
    ADD CONSTRAINT wagtailcore_collection_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collectionvi_collectionviewrestrictio_988995ae_uniq UNIQUE (collectionviewrestriction_id, group_id);
ALTER TABLE ONLY wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collectionviewrestriction_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_collectionviewrestriction
    ADD CONSTRAINT wagtailcore_collectionviewrestriction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_commentreply
    ADD CONSTRAINT wagtailcore_commentreply_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapprova_groupapprovaltask_id_gro_bb5ee7eb_uniq UNIQUE (groupapprovaltask_id, group_id);
ALTER TABLE ONLY wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapprovaltask_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_groupapprovaltask
    ADD CONSTRAINT wagtailcore_groupapprovaltask_pkey PRIMARY KEY (task_ptr_id);
ALTER TABLE ONLY wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcollect_group_id_collection_id_p_a21cefe9_uniq UNIQUE (group_id, collection_id, permission_id);
ALTER TABLE ONLY wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcollectionpermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppagepermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsiteper_group_id_site_id_permiss_a58ee30d_uniq UNIQUE (group_id, site_id, permission_id);
ALTER TABLE ONLY wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsitepermission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_locale
    ADD CONSTRAINT wagtailcore_locale_language_code_key UNIQUE (language_code);
ALTER TABLE ONLY wagtailcore_locale
    ADD CONSTRAINT wagtailcore_locale_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_modellogentry
    ADD CONSTRAINT wagtailcore_modellogentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_path_key UNIQUE (path);
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_translation_key_locale_id_9b041bad_uniq UNIQUE (translation_key, locale_id);
ALTER TABLE ONLY wagtailcore_pagelogentry
    ADD CONSTRAINT wagtailcore_pagelogentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_revision
    ADD CONSTRAINT wagtailcore_pagerevision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubscription_page_id_user_id_0cef73ed_uniq UNIQUE (page_id, user_id);
ALTER TABLE ONLY wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubscription_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageviewrest_pageviewrestriction_id_g_d23f80bb_uniq UNIQUE (pageviewrestriction_id, group_id);
ALTER TABLE ONLY wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageviewrestriction_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_pageviewrestriction
    ADD CONSTRAINT wagtailcore_pageviewrestriction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenceind_base_content_type_id_obj_9e6ccd6a_uniq UNIQUE (base_content_type_id, object_id, to_content_type_id, to_object_id, content_path_hash);
ALTER TABLE ONLY wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenceindex_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_site
    ADD CONSTRAINT wagtailcore_site_hostname_port_2c626d70_uniq UNIQUE (hostname, port);
ALTER TABLE ONLY wagtailcore_site
    ADD CONSTRAINT wagtailcore_site_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_task
    ADD CONSTRAINT wagtailcore_task_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_uploadedfile
    ADD CONSTRAINT wagtailcore_uploadedfile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_workflow
    ADD CONSTRAINT wagtailcore_workflow_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_workflowcontenttype
    ADD CONSTRAINT wagtailcore_workflowcontenttype_pkey PRIMARY KEY (content_type_id);
ALTER TABLE ONLY wagtailcore_workflowpage
    ADD CONSTRAINT wagtailcore_workflowpage_pkey PRIMARY KEY (page_id);
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflowstate_current_task_state_id_key UNIQUE (current_task_state_id);
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflowstate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflowtask_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflowtask_workflow_id_task_id_4ec7a62b_uniq UNIQUE (workflow_id, task_id);
ALTER TABLE ONLY wagtaildocs_document
    ADD CONSTRAINT wagtaildocs_document_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailembeds_embed
    ADD CONSTRAINT wagtailembeds_embed_hash_c9bd8c9a_uniq UNIQUE (hash);
ALTER TABLE ONLY wagtailembeds_embed
    ADD CONSTRAINT wagtailembeds_embed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailimages_image
    ADD CONSTRAINT wagtailimages_image_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailimages_rendition
    ADD CONSTRAINT wagtailimages_rendition_image_id_filter_spec_foc_323c8fe0_uniq UNIQUE (image_id, filter_spec, focal_point_key);
ALTER TABLE ONLY wagtailimages_rendition
    ADD CONSTRAINT wagtailimages_rendition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailredirects_redirect
    ADD CONSTRAINT wagtailredirects_redirect_old_path_site_id_783622d7_uniq UNIQUE (old_path, site_id);
ALTER TABLE ONLY wagtailredirects_redirect
    ADD CONSTRAINT wagtailredirects_redirect_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailsearch_indexentry
    ADD CONSTRAINT wagtailsearch_indexentry_content_type_id_object_i_bcd7ba73_uniq UNIQUE (content_type_id, object_id);
ALTER TABLE ONLY wagtailsearch_indexentry
    ADD CONSTRAINT wagtailsearch_indexentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailusers_userprofile
    ADD CONSTRAINT wagtailusers_userprofile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY wagtailusers_userprofile
    ADD CONSTRAINT wagtailusers_userprofile_user_id_key UNIQUE (user_id);
ALTER TABLE ONLY webhooks_delivery
    ADD CONSTRAINT webhooks_delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY webhooks_endpoint
    ADD CONSTRAINT webhooks_endpoint_pkey PRIMARY KEY (id);
ALTER TABLE ONLY webhooks_endpointsecret
    ADD CONSTRAINT webhooks_endpointsecret_pkey PRIMARY KEY (id);
ALTER TABLE ONLY webhooks_delivery
    ADD CONSTRAINT webhooks_event_once UNIQUE (endpoint_id, event_key);
ALTER TABLE ONLY webhooks_tail
    ADD CONSTRAINT webhooks_tail_pkey PRIMARY KEY (source);
ALTER TABLE ONLY webhooks_try
    ADD CONSTRAINT webhooks_try_pkey PRIMARY KEY (id);
CREATE INDEX api_apicall_token_id_10ebca2c ON api_apicall USING btree (token_id);
CREATE INDEX api_apitoken_charity_id_46f12ccd ON api_apitoken USING btree (charity_id);
CREATE INDEX api_apitoken_digest_42d9074b_like ON api_apitoken USING btree (digest varchar_pattern_ops);
CREATE INDEX api_call_begun ON api_apicall USING btree (begun_at);
CREATE INDEX auth_group_name_a6ea08ec_like ON auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON auth_permission USING btree (content_type_id);
CREATE INDEX auth_user_groups_group_id_97559544 ON auth_user_groups USING btree (group_id);
CREATE INDEX auth_user_groups_user_id_6a12ed8b ON auth_user_groups USING btree (user_id);
CREATE INDEX auth_user_user_permissions_permission_id_1fbb5f2c ON auth_user_user_permissions USING btree (permission_id);
CREATE INDEX auth_user_user_permissions_user_id_a95ead1b ON auth_user_user_permissions USING btree (user_id);
CREATE INDEX auth_user_username_6821ab7c_like ON auth_user USING btree (username varchar_pattern_ops);
CREATE INDEX backoffice__account_c3b00e_idx ON backoffice_signintry USING btree (account, at DESC);
CREATE INDEX backoffice__network_1f0312_idx ON backoffice_signintry USING btree (network, at DESC);
CREATE INDEX banking_bankaccount_charity_id_63376ea1 ON banking_bankaccount USING btree (charity_id);
CREATE UNIQUE INDEX banking_line_once ON banking_statementline USING btree (account_id, fingerprint) WHERE (NOT ((outcome)::text = 'undone'::text));
CREATE INDEX banking_line_outcome ON banking_statementline USING btree (statement_id, outcome);
CREATE INDEX banking_statement_account_id_35170475 ON banking_statement USING btree (account_id);
CREATE INDEX banking_statement_charity_id_8e130865 ON banking_statement USING btree (charity_id);
CREATE INDEX banking_statement_newest ON banking_statement USING btree (charity_id, created_at DESC);
CREATE INDEX banking_statementline_account_id_889bf5c7 ON banking_statementline USING btree (account_id);
CREATE INDEX banking_statementline_statement_id_cd323feb ON banking_statementline USING btree (statement_id);
CREATE INDEX base_content_object_idx ON wagtailcore_revision USING btree (base_content_type_id, object_id);
CREATE INDEX charities_a_charity_ec0fad_idx ON charities_auditentry USING btree (charity_id, id DESC);
CREATE INDEX charities_a_object__758be1_idx ON charities_auditentry USING btree (object_type, object_id);
CREATE INDEX charities_auditentry_charity_id_4f4337bc ON charities_auditentry USING btree (charity_id);
CREATE INDEX charities_auditentry_hash_50c51ba5_like ON charities_auditentry USING btree (hash varchar_pattern_ops);
CREATE INDEX charities_charity_slug_e227a17a_like ON charities_charity USING btree (slug varchar_pattern_ops);
CREATE INDEX charities_charityhost_charity_id_9fac74cd ON charities_charityhost USING btree (charity_id);
CREATE INDEX charities_charityhost_host_3016fd0a_like ON charities_charityhost USING btree (host varchar_pattern_ops);
CREATE INDEX charities_fund_charity_id_e6132141 ON charities_fund USING btree (charity_id);
CREATE INDEX charities_fund_code_4b79ec7d ON charities_fund USING btree (code);
CREATE INDEX charities_fund_code_4b79ec7d_like ON charities_fund USING btree (code varchar_pattern_ops);
CREATE UNIQUE INDEX charities_one_default ON charities_charity USING btree (is_default) WHERE is_default;
CREATE UNIQUE INDEX charities_one_default_fund ON charities_fund USING btree (charity_id) WHERE is_default;
CREATE INDEX charities_phrase_charity_id_3851ab00 ON charities_phrase USING btree (charity_id);
CREATE INDEX charities_phrase_language ON charities_phrase USING btree (charity_id, language);
CREATE INDEX charities_staffscope_charity_id_028c803c ON charities_staffscope USING btree (charity_id);
CREATE INDEX charities_staffscope_user_id_a42e7e7f ON charities_staffscope USING btree (user_id);
CREATE INDEX consents_consent_charity_id_c5f0ab5f ON consents_consent USING btree (charity_id);
CREATE INDEX consents_consent_owner_id_a4a70099 ON consents_consent USING btree (owner_id);
CREATE INDEX consents_covered_consent_id_458eda77 ON consents_covered USING btree (consent_id);
CREATE INDEX consents_covered_digest ON consents_covered USING btree (digest);
CREATE INDEX consents_expiry ON consents_consent USING btree (expires_on);
CREATE INDEX consents_externaluse_consent_id_09701e28 ON consents_externaluse USING btree (consent_id);
CREATE INDEX content_object_idx ON wagtailcore_revision USING btree (content_type_id, object_id);
CREATE INDEX crm_appealcampaign_charity_id_a52c695d ON crm_appealcampaign USING btree (charity_id);
CREATE INDEX crm_mirror_by_state ON crm_mirror USING btree (charity_id, state, asked_at DESC);
CREATE INDEX crm_person_charity_id_885cd471 ON crm_person USING btree (charity_id);
CREATE INDEX crm_person_key_e46b047d_like ON crm_person USING btree (key varchar_pattern_ops);
CREATE INDEX crm_place_table_cef28175_like ON crm_place USING btree ("table" varchar_pattern_ops);
CREATE INDEX django_session_expire_date_a5c62663 ON django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON django_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX donors_hit_email ON donors_askhit USING btree (email, at);
CREATE INDEX donors_hit_network ON donors_askhit USING btree (network, at);
CREATE INDEX donors_link_asked ON donors_linkrequest USING btree (asked_at);
CREATE INDEX donors_link_browser ON donors_linkrequest USING btree (browser);
CREATE INDEX donors_linkrequest_key_033d8a33_like ON donors_linkrequest USING btree (key varchar_pattern_ops);
CREATE INDEX donors_linkrequest_supporter_id_8f03fdbe ON donors_linkrequest USING btree (supporter_id);
CREATE INDEX donors_methodsetup_plan_id_c482c37d ON donors_methodsetup USING btree (plan_id);
CREATE INDEX donors_planmail_key_18349399_like ON donors_planmail USING btree (key varchar_pattern_ops);
CREATE INDEX donors_planmail_plan_id_3c9606f6 ON donors_planmail USING btree (plan_id);
CREATE INDEX donors_reached_of_year ON donors_reachedmail USING btree (charity_id, kind, year);
CREATE INDEX donors_reachedmail_charity_id_2ae77684 ON donors_reachedmail USING btree (charity_id);
CREATE INDEX donors_reachedmail_contact_id_21d6f1c0 ON donors_reachedmail USING btree (contact_id);
CREATE INDEX donors_reachedmail_correction_id_fdad454e ON donors_reachedmail USING btree (correction_id);
CREATE INDEX donors_reachedmail_key_b813a779_like ON donors_reachedmail USING btree (key varchar_pattern_ops);
CREATE INDEX donors_reachedmail_public_key_7771bd36_like ON donors_reachedmail USING btree (public_key varchar_pattern_ops);
CREATE INDEX donors_set_up_look ON donors_methodsetup USING btree (look_at) WHERE (look_at IS NOT NULL);
CREATE UNIQUE INDEX donors_set_up_marked_once ON donors_methodsetup USING btree (gateway, token_mark) WHERE (token_mark IS NOT NULL);
CREATE UNIQUE INDEX donors_set_up_object ON donors_methodsetup USING btree (gateway, gateway_id) WHERE (NOT ((gateway_id)::text = ''::text));
CREATE INDEX donors_told_contact_id_ed3157d2 ON donors_told USING btree (contact_id);
CREATE INDEX donors_told_mail_id_21bc7c40 ON donors_told USING btree (mail_id);
CREATE INDEX donors_told_observation_id_4cd9a7ff ON donors_told USING btree (observation_id);
CREATE INDEX donors_visit_began ON donors_visit USING btree (began_at);
CREATE INDEX donors_visit_supporter_id_71a37fb3 ON donors_visit USING btree (supporter_id);
CREATE INDEX donors_visit_token_590a0d77_like ON donors_visit USING btree (token varchar_pattern_ops);
CREATE INDEX donors_visit_token_before ON donors_visit USING btree (token_before) WHERE (NOT ((token_before)::text = ''::text));
CREATE INDEX formstate_user_object ON wagtailadmin_formstate USING btree (user_id, content_type_id, object_id, parent_object_id);
CREATE INDEX giving_attack_form_id_9819589b ON giving_attack USING btree (form_id);
CREATE INDEX giving_batchline_batch_id_18145de0 ON giving_batchline USING btree (batch_id);
CREATE INDEX giving_batchline_fund_id_b3b76bb9 ON giving_batchline USING btree (fund_id);
CREATE INDEX giving_consentquestion_form_id_6b312b31 ON giving_consentquestion USING btree (form_id);
CREATE INDEX giving_consentquestion_wording_id_8167dd85 ON giving_consentquestion USING btree (wording_id);
CREATE INDEX giving_donationform_charity_id_c65e010b ON giving_donationform USING btree (charity_id);
CREATE INDEX giving_donationform_slug_bf73af23 ON giving_donationform USING btree (slug);
CREATE INDEX giving_donationform_slug_bf73af23_like ON giving_donationform USING btree (slug varchar_pattern_ops);
CREATE INDEX giving_formcurrency_form_id_d710e3d7 ON giving_formcurrency USING btree (form_id);
CREATE INDEX giving_formfund_form_id_681d1d5f ON giving_formfund USING btree (form_id);
CREATE INDEX giving_formfund_fund_id_50974fb4 ON giving_formfund USING btree (fund_id);
CREATE INDEX giving_formnumber_charity_id_8730ead0 ON giving_formnumber USING btree (charity_id);
CREATE INDEX giving_formnumber_form_id_b21176c7 ON giving_formnumber USING btree (form_id);
CREATE INDEX giving_funnelcount_form_id_1ae158ce ON giving_funnelcount USING btree (form_id);
CREATE INDEX giving_gift_batch_id_7a8da409 ON giving_gift USING btree (batch_id);
CREATE INDEX giving_gift_flagged ON giving_gift USING btree (charity_id) WHERE (NOT ((flag)::text = ''::text));
CREATE INDEX giving_gift_form_id_49205e0f ON giving_gift USING btree (form_id);
CREATE INDEX giving_gift_fund_id_31d4cea1 ON giving_gift USING btree (fund_id);
CREATE INDEX giving_gift_newest ON giving_gift USING btree (charity_id, given_at DESC);
CREATE INDEX giving_gift_plan_id_774d3fd7 ON giving_gift USING btree (plan_id);
CREATE INDEX giving_gift_public_key_3f14830b_like ON giving_gift USING btree (public_key varchar_pattern_ops);
CREATE INDEX giving_gift_reference_d3a2722b_like ON giving_gift USING btree (reference varchar_pattern_ops);
CREATE INDEX giving_gift_settled ON giving_gift USING btree (charity_id, settled_at);
CREATE INDEX giving_gift_status ON giving_gift USING btree (charity_id, status, given_at DESC);
CREATE INDEX giving_gift_waits ON giving_gift USING btree (charity_id, plan_origin) WHERE ((plan_id IS NULL) AND (plan_origin IS NOT NULL));
CREATE INDEX giving_giftbatch_charity_id_154e839b ON giving_giftbatch USING btree (charity_id);
CREATE INDEX giving_hit_address ON giving_limithit USING btree (address, at);
CREATE INDEX giving_hit_email ON giving_limithit USING btree (email, at);
CREATE INDEX giving_hit_form ON giving_limithit USING btree (form_id, at);
CREATE UNIQUE INDEX giving_one_attack_a_form ON giving_attack USING btree (form_id) WHERE (ended_at IS NULL);
CREATE INDEX giving_suggestedamount_form_id_ea94290a ON giving_suggestedamount USING btree (form_id);
CREATE INDEX impact_claim_charity_id_b6b8756a ON impact_claim USING btree (charity_id);
CREATE INDEX impact_claim_indicator_id_d63f2e3e ON impact_claim USING btree (indicator_id);
CREATE INDEX impact_claim_observation_id_0b44497f ON impact_claim USING btree (observation_id);
CREATE INDEX impact_claim_owner_id_fd85edf6 ON impact_claim USING btree (owner_id);
CREATE INDEX impact_claim_state ON impact_claim USING btree (charity_id, state) WHERE (ended_at IS NULL);
CREATE INDEX impact_dimension_indicator_id_3ca25a81 ON impact_dimension USING btree (indicator_id);
CREATE INDEX impact_figurefile_charity_id_e15693ec ON impact_figurefile USING btree (charity_id);
CREATE INDEX impact_file_newest ON impact_figurefile USING btree (charity_id, created_at DESC);
CREATE INDEX impact_indicator_result_id_eeed3deb ON impact_indicator USING btree (result_id);
CREATE INDEX impact_indicator_slug_86ac7ce2 ON impact_indicator USING btree (slug);
CREATE INDEX impact_indicator_slug_86ac7ce2_like ON impact_indicator USING btree (slug varchar_pattern_ops);
CREATE INDEX impact_observation_indicator_id_0dac62fe ON impact_observation USING btree (indicator_id);
CREATE INDEX impact_observation_source_id_1cacbb91 ON impact_observation USING btree (source_id);
CREATE INDEX impact_partner_charity_id_fecb1924 ON impact_partner USING btree (charity_id);
CREATE INDEX impact_partnership_partner_id_24bbae7a ON impact_partnership USING btree (partner_id);
CREATE INDEX impact_partnership_programme_id_2b3ec062 ON impact_partnership USING btree (programme_id);
CREATE INDEX impact_programme_charity_id_e724f1a6 ON impact_programme USING btree (charity_id);
CREATE INDEX impact_programme_funds_fund_id_1e2e8030 ON impact_programme_funds USING btree (fund_id);
CREATE INDEX impact_programme_funds_programme_id_6ae343b3 ON impact_programme_funds USING btree (programme_id);
CREATE INDEX impact_programme_slug_5811f17d ON impact_programme USING btree (slug);
CREATE INDEX impact_programme_slug_5811f17d_like ON impact_programme USING btree (slug varchar_pattern_ops);
CREATE INDEX impact_release_observation_id_78f72269 ON impact_release USING btree (observation_id);
CREATE INDEX impact_result_programme_id_79d5c190 ON impact_result USING btree (programme_id);
CREATE INDEX impact_source_charity_id_9ff56ce8 ON impact_source USING btree (charity_id);
CREATE INDEX impact_target_indicator_id_b7881bd0 ON impact_target USING btree (indicator_id);
CREATE INDEX impact_translation_indicator_id_c562fe9d ON impact_translation USING btree (indicator_id);
CREATE UNIQUE INDEX impact_translation_indicator_once ON impact_translation USING btree (indicator_id, language) WHERE (indicator_id IS NOT NULL);
CREATE INDEX impact_translation_programme_id_d0cebc72 ON impact_translation USING btree (programme_id);
CREATE UNIQUE INDEX impact_translation_programme_once ON impact_translation USING btree (programme_id, language) WHERE ((indicator_id IS NULL) AND (result_id IS NULL));
CREATE INDEX impact_translation_result_id_9e2099f0 ON impact_translation USING btree (result_id);
CREATE UNIQUE INDEX impact_translation_result_once ON impact_translation USING btree (result_id, language) WHERE (result_id IS NOT NULL);
CREATE INDEX impact_wording_charity_id_e5a8385e ON impact_wording USING btree (charity_id);
CREATE INDEX ledger_account_charity_id_4d9f8e87 ON ledger_account USING btree (charity_id);
CREATE INDEX ledger_closing_charity_id_36f13e39 ON ledger_closing USING btree (charity_id);
CREATE INDEX ledger_dayproved_charity_id_89fd25d6 ON ledger_dayproved USING btree (charity_id);
CREATE INDEX ledger_posting_charity_id_3cec14e5 ON ledger_posting USING btree (charity_id);
CREATE INDEX ledger_posting_credit_id_04b355dc ON ledger_posting USING btree (credit_id);
CREATE INDEX ledger_posting_debit_id_1043b8d8 ON ledger_posting USING btree (debit_id);
CREATE INDEX ledger_posting_tag ON ledger_posting USING btree (tag, currency) WHERE (NOT ((tag)::text = ''::text));
CREATE INDEX otp_totp_totpdevice_user_id_0fb18292 ON otp_totp_totpdevice USING btree (user_id);
CREATE INDEX outbox_job_dead ON outbox_job USING btree (finished_at DESC) WHERE ((state)::text = 'dead'::text);
CREATE INDEX outbox_job_dedupe_key_0a7517ca_like ON outbox_job USING btree (dedupe_key varchar_pattern_ops);
CREATE INDEX outbox_job_done ON outbox_job USING btree (finished_at) WHERE ((state)::text = 'done'::text);
CREATE INDEX outbox_job_leased ON outbox_job USING btree (lease_until) WHERE ((state)::text = 'leased'::text);
CREATE INDEX outbox_job_ready ON outbox_job USING btree (run_at) WHERE ((state)::text = 'ready'::text);
CREATE INDEX outbox_periodic_name_7beee39a_like ON outbox_periodic USING btree (name varchar_pattern_ops);
CREATE INDEX payments_attempt_look ON payments_attempt USING btree (look_at) WHERE (look_at IS NOT NULL);
CREATE INDEX payments_bankcredit_charity_id_c3516b24 ON payments_bankcredit USING btree (charity_id);
CREATE INDEX payments_dispute_attempt_id_1cb49aab ON payments_dispute USING btree (attempt_id);
CREATE INDEX payments_disputeevent_dispute_id_ae81f4be ON payments_disputeevent USING btree (dispute_id);
CREATE INDEX payments_disputefile_reply_id_6fe922bb ON payments_disputefile USING btree (reply_id);
CREATE INDEX payments_disputereply_dispute_id_d9b17b8c ON payments_disputereply USING btree (dispute_id);
CREATE INDEX payments_event_attempt_id_6a068a03 ON payments_event USING btree (attempt_id);
CREATE UNIQUE INDEX payments_gateway_object_once ON payments_attempt USING btree (gateway, account, gateway_id) WHERE (gateway_id IS NOT NULL);
CREATE UNIQUE INDEX payments_one_open_attempt ON payments_attempt USING btree (gift_id) WHERE (state IN ('new', 'created', 'confirming', 'action_required', 'processing', 'unknown', 'awaiting'));
CREATE UNIQUE INDEX payments_one_reply ON payments_disputereply USING btree (dispute_id) WHERE (NOT ((state)::text = 'refused'::text));
CREATE INDEX payments_payout_charity_id_f49bfa4d ON payments_payout USING btree (charity_id);
CREATE INDEX payments_payoutevent_payout_id_45d67b08 ON payments_payoutevent USING btree (payout_id);
CREATE INDEX payments_refund_attempt_id_0b419ab4 ON payments_refund USING btree (attempt_id);
CREATE INDEX payments_refund_look ON payments_refund USING btree (look_at) WHERE (look_at IS NOT NULL);
CREATE UNIQUE INDEX payments_refund_object_once ON payments_refund USING btree (attempt_id, gateway_id) WHERE (gateway_id IS NOT NULL);
CREATE INDEX payments_refundevent_refund_id_a0de60ae ON payments_refundevent USING btree (refund_id);
CREATE INDEX plans_event_declined ON plans_planevent USING btree (at) WHERE ((name)::text = 'declined'::text);
CREATE INDEX plans_gatewaypause_gateway_d3e39c57_like ON plans_gatewaypause USING btree (gateway varchar_pattern_ops);
CREATE INDEX plans_oldmethod_event_id_8d8a0841 ON plans_oldmethod USING btree (event_id);
CREATE INDEX plans_oldmethod_plan_id_5271ecbe ON plans_oldmethod USING btree (plan_id);
CREATE UNIQUE INDEX plans_one_open_run ON plans_chargerun USING btree (gateway) WHERE (ended_at IS NULL);
CREATE INDEX plans_period_open ON plans_period USING btree (created_at) WHERE (state IN ('due', 'charging'));
CREATE INDEX plans_period_wake ON plans_period USING btree (wake_at) WHERE (wake_at IS NOT NULL);
CREATE INDEX plans_plan_amount ON plans_plan USING btree (charity_id, amount_minor);
CREATE INDEX plans_plan_contact_id_b6f89eba ON plans_plan USING btree (contact_id);
CREATE INDEX plans_plan_due ON plans_plan USING btree (gateway, next_at) WHERE (next_at IS NOT NULL);
CREATE INDEX plans_plan_fund_id_2113645c ON plans_plan USING btree (fund_id);
CREATE INDEX plans_plan_mark ON plans_plan USING btree (method_mark) WHERE (method_mark IS NOT NULL);
CREATE INDEX plans_plan_method ON plans_plan USING btree (saved_method) WHERE (NOT ((saved_method)::text = ''::text));
CREATE INDEX plans_plan_newest ON plans_plan USING btree (charity_id, created_at DESC);
CREATE INDEX plans_plan_next ON plans_plan USING btree (charity_id, next_on);
CREATE INDEX plans_plan_reference_2f66209f_like ON plans_plan USING btree (reference varchar_pattern_ops);
CREATE INDEX plans_plan_resume ON plans_plan USING btree (resume_on) WHERE (resume_on IS NOT NULL);
CREATE INDEX plans_plan_state ON plans_plan USING btree (charity_id, state, created_at DESC);
CREATE INDEX plans_plan_waits ON plans_plan USING btree (charity_id) WHERE ((NOT ((decline_code)::text = ''::text)) OR (NOT method_usable));
CREATE INDEX plans_planalias_plan_id_2a1c6e20 ON plans_planalias USING btree (plan_id);
CREATE INDEX plans_planevent_plan_id_81821463 ON plans_planevent USING btree (plan_id);
CREATE INDEX plans_withdrawal_event_id_79089f3e ON plans_withdrawal USING btree (event_id);
CREATE INDEX plans_withdrawal_period_id_fcaf906f ON plans_withdrawal USING btree (period_id);
CREATE INDEX plans_withdrawal_plan_id_9996a55f ON plans_withdrawal USING btree (plan_id);
CREATE INDEX receipts_mail_provider ON receipts_receiptdelivery USING btree (provider_id) WHERE (NOT ((provider_id)::text = ''::text));
CREATE INDEX receipts_mail_trouble ON receipts_receiptdelivery USING btree (created_at DESC) WHERE (state IN ('bounced', 'failed'));
CREATE INDEX receipts_receipt_token_3bbb06af_like ON receipts_receipt USING btree (token varchar_pattern_ops);
CREATE INDEX receipts_receiptdelivery_gift_id_a01325a0 ON receipts_receiptdelivery USING btree (gift_id);
CREATE INDEX receipts_receiptdelivery_key_2e297eb9_like ON receipts_receiptdelivery USING btree (key varchar_pattern_ops);
CREATE INDEX receipts_receiptdelivery_receipt_id_235142d2 ON receipts_receiptdelivery USING btree (receipt_id);
CREATE INDEX receipts_signingkey_key_id_bf68dbc5_like ON receipts_signingkey USING btree (key_id varchar_pattern_ops);
CREATE INDEX receipts_transliterated ON receipts_receiptseal USING btree (at) WHERE transliterated;
CREATE INDEX referenceindex_source_object ON wagtailcore_referenceindex USING btree (base_content_type_id, object_id);
CREATE INDEX referenceindex_target_object ON wagtailcore_referenceindex USING btree (to_content_type_id, to_object_id);
CREATE INDEX stories_imported_number ON stories_importedpost USING btree (charity_id, number);
CREATE INDEX stories_importedpicture_charity_id_8384d566 ON stories_importedpicture USING btree (charity_id);
CREATE INDEX stories_importedpicture_image_id_2019285e ON stories_importedpicture USING btree (image_id);
CREATE INDEX stories_importedpost_charity_id_8cc056b5 ON stories_importedpost USING btree (charity_id);
CREATE INDEX stories_importedpost_page_id_02b617a1 ON stories_importedpost USING btree (page_id);
CREATE INDEX stories_move_charity_id_6b02fa12 ON stories_move USING btree (charity_id);
CREATE INDEX stories_moveline_move_id_3d8021bd ON stories_moveline USING btree (move_id);
CREATE INDEX stories_moveline_page_id_64007775 ON stories_moveline USING btree (page_id);
CREATE INDEX stories_movepart_move_id_83796db1 ON stories_movepart USING btree (move_id);
CREATE INDEX stories_picturemark_digest_c3238b67 ON stories_picturemark USING btree (digest);
CREATE INDEX stories_picturemark_digest_c3238b67_like ON stories_picturemark USING btree (digest varchar_pattern_ops);
CREATE INDEX stories_relatedstory_other_id_abecbe9f ON stories_relatedstory USING btree (other_id);
CREATE INDEX stories_relatedstory_story_id_4c4b2cdd ON stories_relatedstory USING btree (story_id);
CREATE INDEX stories_storypage_lead_image_id_46361f39 ON stories_storypage USING btree (lead_image_id);
CREATE INDEX supporters_consent_contact_id_a823f87e ON supporters_consent USING btree (contact_id);
CREATE INDEX supporters_consent_wording_id_55acd4f7 ON supporters_consent USING btree (wording_id);
CREATE INDEX supporters_consentwording_charity_id_a1d8696d ON supporters_consentwording USING btree (charity_id);
CREATE INDEX supporters_consentwording_of_id_4b772f07 ON supporters_consentwording USING btree (of_id);
CREATE INDEX supporters_contact_name ON supporters_contact USING btree (charity_id, name_key);
CREATE INDEX supporters_contact_supporter_id_5b5e0f22 ON supporters_contact USING btree (supporter_id);
CREATE INDEX supporters_supporter_charity_id_3bd4bf76 ON supporters_supporter USING btree (charity_id);
CREATE INDEX taggit_tag_name_58eb2ed9_like ON taggit_tag USING btree (name varchar_pattern_ops);
CREATE INDEX taggit_tag_slug_6be58b2c_like ON taggit_tag USING btree (slug varchar_pattern_ops);
CREATE INDEX taggit_tagg_content_8fc721_idx ON taggit_taggeditem USING btree (content_type_id, object_id);
CREATE INDEX taggit_taggeditem_content_type_id_9957a03c ON taggit_taggeditem USING btree (content_type_id);
CREATE INDEX taggit_taggeditem_object_id_e2d7d1df ON taggit_taggeditem USING btree (object_id);
CREATE INDEX taggit_taggeditem_tag_id_f4f5b767 ON taggit_taggeditem USING btree (tag_id);
CREATE UNIQUE INDEX unique_in_progress_workflow ON wagtailcore_workflowstate USING btree (base_content_type_id, object_id) WHERE (status IN ('in_progress', 'needs_changes'));
CREATE INDEX wagtailadmi_content_717955_idx ON wagtailadmin_editingsession USING btree (content_type_id, object_id);
CREATE INDEX wagtailadmin_editingsession_content_type_id_4df7730e ON wagtailadmin_editingsession USING btree (content_type_id);
CREATE INDEX wagtailadmin_editingsession_user_id_6e1a9b70 ON wagtailadmin_editingsession USING btree (user_id);
CREATE INDEX wagtailadmin_formstate_content_type_id_e32438b3 ON wagtailadmin_formstate USING btree (content_type_id);
CREATE INDEX wagtailadmin_formstate_user_id_b910adc2 ON wagtailadmin_formstate USING btree (user_id);
CREATE INDEX wagtailcore_collection_path_d848dc19_like ON wagtailcore_collection USING btree (path varchar_pattern_ops);
CREATE INDEX wagtailcore_collectionview_collectionviewrestriction__47320efd ON wagtailcore_collectionviewrestriction_groups USING btree (collectionviewrestriction_id);
CREATE INDEX wagtailcore_collectionviewrestriction_collection_id_761908ec ON wagtailcore_collectionviewrestriction USING btree (collection_id);
CREATE INDEX wagtailcore_collectionviewrestriction_groups_group_id_1823f2a3 ON wagtailcore_collectionviewrestriction_groups USING btree (group_id);
CREATE INDEX wagtailcore_comment_page_id_108444b5 ON wagtailcore_comment USING btree (page_id);
CREATE INDEX wagtailcore_comment_resolved_by_id_a282aa0e ON wagtailcore_comment USING btree (resolved_by_id);
CREATE INDEX wagtailcore_comment_revision_created_id_1d058279 ON wagtailcore_comment USING btree (revision_created_id);
CREATE INDEX wagtailcore_comment_user_id_0c577ca6 ON wagtailcore_comment USING btree (user_id);
CREATE INDEX wagtailcore_commentreply_comment_id_afc7e027 ON wagtailcore_commentreply USING btree (comment_id);
CREATE INDEX wagtailcore_commentreply_user_id_d0b3b9c3 ON wagtailcore_commentreply USING btree (user_id);
CREATE INDEX wagtailcore_groupapprovalt_groupapprovaltask_id_9a9255ea ON wagtailcore_groupapprovaltask_groups USING btree (groupapprovaltask_id);
CREATE INDEX wagtailcore_groupapprovaltask_groups_group_id_2e64b61f ON wagtailcore_groupapprovaltask_groups USING btree (group_id);
CREATE INDEX wagtailcore_groupcollectionpermission_collection_id_5423575a ON wagtailcore_groupcollectionpermission USING btree (collection_id);
CREATE INDEX wagtailcore_groupcollectionpermission_group_id_05d61460 ON wagtailcore_groupcollectionpermission USING btree (group_id);
CREATE INDEX wagtailcore_groupcollectionpermission_permission_id_1b626275 ON wagtailcore_groupcollectionpermission USING btree (permission_id);
CREATE INDEX wagtailcore_grouppagepermission_group_id_fc07e671 ON wagtailcore_grouppagepermission USING btree (group_id);
CREATE INDEX wagtailcore_grouppagepermission_page_id_710b114a ON wagtailcore_grouppagepermission USING btree (page_id);
CREATE INDEX wagtailcore_grouppagepermission_permission_id_05acb22e ON wagtailcore_grouppagepermission USING btree (permission_id);
CREATE INDEX wagtailcore_groupsitepermission_group_id_e5cdbee4 ON wagtailcore_groupsitepermission USING btree (group_id);
CREATE INDEX wagtailcore_groupsitepermission_permission_id_459b1f38 ON wagtailcore_groupsitepermission USING btree (permission_id);
CREATE INDEX wagtailcore_groupsitepermission_site_id_245de488 ON wagtailcore_groupsitepermission USING btree (site_id);
CREATE INDEX wagtailcore_locale_language_code_03149338_like ON wagtailcore_locale USING btree (language_code varchar_pattern_ops);
CREATE INDEX wagtailcore_modellogentry_action_d2d856ee ON wagtailcore_modellogentry USING btree (action);
CREATE INDEX wagtailcore_modellogentry_action_d2d856ee_like ON wagtailcore_modellogentry USING btree (action varchar_pattern_ops);
CREATE INDEX wagtailcore_modellogentry_content_changed_8bc39742 ON wagtailcore_modellogentry USING btree (content_changed);
CREATE INDEX wagtailcore_modellogentry_content_type_id_68849e77 ON wagtailcore_modellogentry USING btree (content_type_id);
CREATE INDEX wagtailcore_modellogentry_object_id_e0e7d4ef ON wagtailcore_modellogentry USING btree (object_id);
CREATE INDEX wagtailcore_modellogentry_object_id_e0e7d4ef_like ON wagtailcore_modellogentry USING btree (object_id varchar_pattern_ops);
CREATE INDEX wagtailcore_modellogentry_revision_id_df6ca33a ON wagtailcore_modellogentry USING btree (revision_id);
CREATE INDEX wagtailcore_modellogentry_timestamp_9694521b ON wagtailcore_modellogentry USING btree ("timestamp");
CREATE INDEX wagtailcore_modellogentry_user_id_0278d1bf ON wagtailcore_modellogentry USING btree (user_id);
CREATE INDEX wagtailcore_page_alias_of_id_12945502 ON wagtailcore_page USING btree (alias_of_id);
CREATE INDEX wagtailcore_page_content_type_id_c28424df ON wagtailcore_page USING btree (content_type_id);
CREATE INDEX wagtailcore_page_first_published_at_2b5dd637 ON wagtailcore_page USING btree (first_published_at);
CREATE INDEX wagtailcore_page_latest_revision_id_e60fef51 ON wagtailcore_page USING btree (latest_revision_id);
CREATE INDEX wagtailcore_page_live_revision_id_930bd822 ON wagtailcore_page USING btree (live_revision_id);
CREATE INDEX wagtailcore_page_locale_id_3c7e30a6 ON wagtailcore_page USING btree (locale_id);
CREATE INDEX wagtailcore_page_locked_by_id_bcb86245 ON wagtailcore_page USING btree (locked_by_id);
CREATE INDEX wagtailcore_page_owner_id_fbf7c332 ON wagtailcore_page USING btree (owner_id);
CREATE INDEX wagtailcore_page_path_98eba2c8_like ON wagtailcore_page USING btree (path varchar_pattern_ops);
CREATE INDEX wagtailcore_page_slug_e7c11b8f ON wagtailcore_page USING btree (slug);
CREATE INDEX wagtailcore_page_slug_e7c11b8f_like ON wagtailcore_page USING btree (slug varchar_pattern_ops);
CREATE INDEX wagtailcore_pagelogentry_action_c2408198 ON wagtailcore_pagelogentry USING btree (action);
CREATE INDEX wagtailcore_pagelogentry_action_c2408198_like ON wagtailcore_pagelogentry USING btree (action varchar_pattern_ops);
CREATE INDEX wagtailcore_pagelogentry_content_changed_99f27ade ON wagtailcore_pagelogentry USING btree (content_changed);
CREATE INDEX wagtailcore_pagelogentry_content_type_id_74e7708a ON wagtailcore_pagelogentry USING btree (content_type_id);
CREATE INDEX wagtailcore_pagelogentry_page_id_8464e327 ON wagtailcore_pagelogentry USING btree (page_id);
CREATE INDEX wagtailcore_pagelogentry_revision_id_8043d103 ON wagtailcore_pagelogentry USING btree (revision_id);
CREATE INDEX wagtailcore_pagelogentry_timestamp_deb774c4 ON wagtailcore_pagelogentry USING btree ("timestamp");
CREATE INDEX wagtailcore_pagelogentry_user_id_604ccfd8 ON wagtailcore_pagelogentry USING btree (user_id);
CREATE INDEX wagtailcore_pagerevision_approved_go_live_at_e56afc67 ON wagtailcore_revision USING btree (approved_go_live_at);
CREATE INDEX wagtailcore_pagerevision_created_at_66954e3b ON wagtailcore_revision USING btree (created_at);
CREATE INDEX wagtailcore_pagerevision_user_id_2409d2f4 ON wagtailcore_revision USING btree (user_id);
CREATE INDEX wagtailcore_pagesubscription_page_id_a085e7a6 ON wagtailcore_pagesubscription USING btree (page_id);
CREATE INDEX wagtailcore_pagesubscription_user_id_89d7def9 ON wagtailcore_pagesubscription USING btree (user_id);
CREATE INDEX wagtailcore_pageviewrestri_pageviewrestriction_id_f147a99a ON wagtailcore_pageviewrestriction_groups USING btree (pageviewrestriction_id);
CREATE INDEX wagtailcore_pageviewrestriction_groups_group_id_6460f223 ON wagtailcore_pageviewrestriction_groups USING btree (group_id);
CREATE INDEX wagtailcore_pageviewrestriction_page_id_15a8bea6 ON wagtailcore_pageviewrestriction USING btree (page_id);
CREATE INDEX wagtailcore_referenceindex_base_content_type_id_313cf40f ON wagtailcore_referenceindex USING btree (base_content_type_id);
CREATE INDEX wagtailcore_referenceindex_content_type_id_766e0336 ON wagtailcore_referenceindex USING btree (content_type_id);
CREATE INDEX wagtailcore_referenceindex_to_content_type_id_93690bbd ON wagtailcore_referenceindex USING btree (to_content_type_id);
CREATE INDEX wagtailcore_revision_base_content_type_id_5b4ef7bd ON wagtailcore_revision USING btree (base_content_type_id);
CREATE INDEX wagtailcore_revision_content_type_id_c8cb69c0 ON wagtailcore_revision USING btree (content_type_id);
CREATE INDEX wagtailcore_site_hostname_96b20b46 ON wagtailcore_site USING btree (hostname);
CREATE INDEX wagtailcore_site_hostname_96b20b46_like ON wagtailcore_site USING btree (hostname varchar_pattern_ops);
CREATE INDEX wagtailcore_site_root_page_id_e02fb95c ON wagtailcore_site USING btree (root_page_id);
CREATE INDEX wagtailcore_task_content_type_id_249ab8ba ON wagtailcore_task USING btree (content_type_id);
CREATE INDEX wagtailcore_taskstate_content_type_id_0a758fdc ON wagtailcore_taskstate USING btree (content_type_id);
CREATE INDEX wagtailcore_taskstate_finished_by_id_13f98229 ON wagtailcore_taskstate USING btree (finished_by_id);
CREATE INDEX wagtailcore_taskstate_page_revision_id_9f52c88e ON wagtailcore_taskstate USING btree (revision_id);
CREATE INDEX wagtailcore_taskstate_task_id_c3677c34 ON wagtailcore_taskstate USING btree (task_id);
CREATE INDEX wagtailcore_taskstate_workflow_state_id_9239a775 ON wagtailcore_taskstate USING btree (workflow_state_id);
CREATE INDEX wagtailcore_uploadedfile_for_content_type_id_b0fc87b2 ON wagtailcore_uploadedfile USING btree (for_content_type_id);
CREATE INDEX wagtailcore_uploadedfile_uploaded_by_user_id_c7580fe8 ON wagtailcore_uploadedfile USING btree (uploaded_by_user_id);
CREATE INDEX wagtailcore_uuid_06a44d_idx ON wagtailcore_pagelogentry USING btree (uuid, action, "timestamp" DESC);
CREATE INDEX wagtailcore_uuid_d6363b_idx ON wagtailcore_modellogentry USING btree (uuid, action, "timestamp" DESC);
CREATE INDEX wagtailcore_workflowcontenttype_workflow_id_9aad7cd2 ON wagtailcore_workflowcontenttype USING btree (workflow_id);
CREATE INDEX wagtailcore_workflowpage_workflow_id_56f56ff6 ON wagtailcore_workflowpage USING btree (workflow_id);
CREATE INDEX wagtailcore_workflowstate_base_content_type_id_a30dc576 ON wagtailcore_workflowstate USING btree (base_content_type_id);
CREATE INDEX wagtailcore_workflowstate_content_type_id_2bb78ce1 ON wagtailcore_workflowstate USING btree (content_type_id);
CREATE INDEX wagtailcore_workflowstate_requested_by_id_4090bca3 ON wagtailcore_workflowstate USING btree (requested_by_id);
CREATE INDEX wagtailcore_workflowstate_workflow_id_1f18378f ON wagtailcore_workflowstate USING btree (workflow_id);
CREATE INDEX wagtailcore_workflowtask_task_id_ce7716fe ON wagtailcore_workflowtask USING btree (task_id);
CREATE INDEX wagtailcore_workflowtask_workflow_id_b9717175 ON wagtailcore_workflowtask USING btree (workflow_id);
CREATE INDEX wagtaildocs_document_collection_id_23881625 ON wagtaildocs_document USING btree (collection_id);
CREATE INDEX wagtaildocs_document_uploaded_by_user_id_17258b41 ON wagtaildocs_document USING btree (uploaded_by_user_id);
CREATE INDEX wagtailembeds_embed_cache_until_26c94bb0 ON wagtailembeds_embed USING btree (cache_until);
CREATE INDEX wagtailembeds_embed_hash_c9bd8c9a_like ON wagtailembeds_embed USING btree (hash varchar_pattern_ops);
CREATE INDEX wagtailimages_image_collection_id_c2f8af7e ON wagtailimages_image USING btree (collection_id);
CREATE INDEX wagtailimages_image_created_at_86fa6cd4 ON wagtailimages_image USING btree (created_at);
CREATE INDEX wagtailimages_image_file_hash_fb5bbb23 ON wagtailimages_image USING btree (file_hash);
CREATE INDEX wagtailimages_image_file_hash_fb5bbb23_like ON wagtailimages_image USING btree (file_hash varchar_pattern_ops);
CREATE INDEX wagtailimages_image_uploaded_by_user_id_5d73dc75 ON wagtailimages_image USING btree (uploaded_by_user_id);
CREATE INDEX wagtailimages_rendition_filter_spec_1cba3201 ON wagtailimages_rendition USING btree (filter_spec);
CREATE INDEX wagtailimages_rendition_filter_spec_1cba3201_like ON wagtailimages_rendition USING btree (filter_spec varchar_pattern_ops);
CREATE INDEX wagtailimages_rendition_image_id_3e1fd774 ON wagtailimages_rendition USING btree (image_id);
CREATE INDEX wagtailredirects_redirect_old_path_bb35247b ON wagtailredirects_redirect USING btree (old_path);
CREATE INDEX wagtailredirects_redirect_old_path_bb35247b_like ON wagtailredirects_redirect USING btree (old_path varchar_pattern_ops);
CREATE INDEX wagtailredirects_redirect_redirect_page_id_b5728a8f ON wagtailredirects_redirect USING btree (redirect_page_id);
CREATE INDEX wagtailredirects_redirect_site_id_780a0e1e ON wagtailredirects_redirect USING btree (site_id);
CREATE INDEX wagtailsear_autocom_476c89_gin ON wagtailsearch_indexentry USING gin (autocomplete);
CREATE INDEX wagtailsear_body_90c85d_gin ON wagtailsearch_indexentry USING gin (body);
CREATE INDEX wagtailsear_title_9caae0_gin ON wagtailsearch_indexentry USING gin (title);
CREATE INDEX wagtailsearch_indexentry_content_type_id_62ed694f ON wagtailsearch_indexentry USING btree (content_type_id);
CREATE INDEX webhooks_delivery_due ON webhooks_delivery USING btree (endpoint_id, next_at) WHERE ((state)::text = 'waiting'::text);
CREATE INDEX webhooks_delivery_made ON webhooks_delivery USING btree (made_at);
CREATE INDEX webhooks_delivery_newest ON webhooks_delivery USING btree (endpoint_id, made_at DESC);
CREATE INDEX webhooks_endpoint_charity_id_8732f9d6 ON webhooks_endpoint USING btree (charity_id);
CREATE INDEX webhooks_endpointsecret_endpoint_id_cb871419 ON webhooks_endpointsecret USING btree (endpoint_id);
CREATE UNIQUE INDEX webhooks_one_newest_secret ON webhooks_endpointsecret USING btree (endpoint_id) WHERE (good_until IS NULL);
CREATE INDEX webhooks_tail_source_5d0b2441_like ON webhooks_tail USING btree (source varchar_pattern_ops);
CREATE INDEX webhooks_try_delivery_id_e731571c ON webhooks_try USING btree (delivery_id);
CREATE INDEX workflowstate_base_ct_id_idx ON wagtailcore_workflowstate USING btree (base_content_type_id, object_id);
CREATE INDEX workflowstate_ct_id_idx ON wagtailcore_workflowstate USING btree (content_type_id, object_id);
ALTER TABLE ONLY api_apicall
    ADD CONSTRAINT api_apicall_token_id_10ebca2c_fk_api_apitoken_id FOREIGN KEY (token_id) REFERENCES api_apitoken(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY api_apirate
    ADD CONSTRAINT api_apirate_token_id_9d3486b2_fk_api_apitoken_id FOREIGN KEY (token_id) REFERENCES api_apitoken(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY api_apitoken
    ADD CONSTRAINT api_apitoken_charity_id_46f12ccd_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_user_groups
    ADD CONSTRAINT auth_user_groups_group_id_97559544_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_user_groups
    ADD CONSTRAINT auth_user_groups_user_id_6a12ed8b_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permi_permission_id_1fbb5f2c_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permissions_user_id_a95ead1b_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY banking_bankaccount
    ADD CONSTRAINT banking_bankaccount_charity_id_63376ea1_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY banking_statement
    ADD CONSTRAINT banking_statement_account_id_35170475_fk_banking_bankaccount_id FOREIGN KEY (account_id) REFERENCES banking_bankaccount(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY banking_statement
    ADD CONSTRAINT banking_statement_charity_id_8e130865_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY banking_statementline
    ADD CONSTRAINT banking_statementlin_account_id_889bf5c7_fk_banking_b FOREIGN KEY (account_id) REFERENCES banking_bankaccount(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY banking_statementline
    ADD CONSTRAINT banking_statementlin_credit_id_70f6df32_fk_payments_ FOREIGN KEY (credit_id) REFERENCES payments_bankcredit(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY banking_statementline
    ADD CONSTRAINT banking_statementlin_statement_id_cd323feb_fk_banking_s FOREIGN KEY (statement_id) REFERENCES banking_statement(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY banking_statementline
    ADD CONSTRAINT banking_statementline_payout_id_d0da2ca6_fk_payments_payout_id FOREIGN KEY (payout_id) REFERENCES payments_payout(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY charities_auditentry
    ADD CONSTRAINT charities_auditentry_charity_id_4f4337bc_fk_charities FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY charities_charityhost
    ADD CONSTRAINT charities_charityhos_charity_id_9fac74cd_fk_charities FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY charities_contentstamp
    ADD CONSTRAINT charities_contentsta_charity_id_023e6bb2_fk_charities FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY charities_fund
    ADD CONSTRAINT charities_fund_charity_id_e6132141_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY charities_phrase
    ADD CONSTRAINT charities_phrase_charity_id_3851ab00_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY charities_staffscope
    ADD CONSTRAINT charities_staffscope_charity_id_028c803c_fk_charities FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY charities_staffscope
    ADD CONSTRAINT charities_staffscope_user_id_a42e7e7f_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY consents_consent
    ADD CONSTRAINT consents_consent_charity_id_c5f0ab5f_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY consents_consent
    ADD CONSTRAINT consents_consent_owner_id_a4a70099_fk_auth_user_id FOREIGN KEY (owner_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY consents_covered
    ADD CONSTRAINT consents_covered_consent_id_458eda77_fk_consents_consent_id FOREIGN KEY (consent_id) REFERENCES consents_consent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY consents_externaluse
    ADD CONSTRAINT consents_externaluse_consent_id_09701e28_fk_consents_consent_id FOREIGN KEY (consent_id) REFERENCES consents_consent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY consents_withdrawal
    ADD CONSTRAINT consents_withdrawal_consent_id_a623b1ae_fk_consents_consent_id FOREIGN KEY (consent_id) REFERENCES consents_consent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY crm_appealcampaign
    ADD CONSTRAINT crm_appealcampaign_charity_id_a52c695d_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY crm_fundunit
    ADD CONSTRAINT crm_fundunit_fund_id_6371ad0c_fk_charities_fund_id FOREIGN KEY (fund_id) REFERENCES charities_fund(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY crm_link
    ADD CONSTRAINT crm_link_charity_id_2181f58d_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY crm_mirror
    ADD CONSTRAINT crm_mirror_charity_id_099f475b_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY crm_person
    ADD CONSTRAINT crm_person_charity_id_885cd471_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_linkrequest
    ADD CONSTRAINT donors_linkrequest_charity_id_ae7dc90a_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_linkrequest
    ADD CONSTRAINT donors_linkrequest_supporter_id_8f03fdbe_fk_supporter FOREIGN KEY (supporter_id) REFERENCES supporters_supporter(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_methodsetup
    ADD CONSTRAINT donors_methodsetup_plan_id_c482c37d_fk_plans_plan_id FOREIGN KEY (plan_id) REFERENCES plans_plan(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_planmail
    ADD CONSTRAINT donors_planmail_plan_id_3c9606f6_fk_plans_plan_id FOREIGN KEY (plan_id) REFERENCES plans_plan(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_reachedmail
    ADD CONSTRAINT donors_reachedmail_charity_id_2ae77684_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_reachedmail
    ADD CONSTRAINT donors_reachedmail_contact_id_21d6f1c0_fk_supporters_contact_id FOREIGN KEY (contact_id) REFERENCES supporters_contact(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_reachedmail
    ADD CONSTRAINT donors_reachedmail_correction_id_fdad454e_fk_impact_ob FOREIGN KEY (correction_id) REFERENCES impact_observation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_told
    ADD CONSTRAINT donors_told_contact_id_ed3157d2_fk_supporters_contact_id FOREIGN KEY (contact_id) REFERENCES supporters_contact(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_told
    ADD CONSTRAINT donors_told_mail_id_21bc7c40_fk_donors_reachedmail_id FOREIGN KEY (mail_id) REFERENCES donors_reachedmail(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_told
    ADD CONSTRAINT donors_told_observation_id_4cd9a7ff_fk_impact_observation_id FOREIGN KEY (observation_id) REFERENCES impact_observation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_visit
    ADD CONSTRAINT donors_visit_charity_id_c5e7cc85_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_visit
    ADD CONSTRAINT donors_visit_supporter_id_71a37fb3_fk_supporters_supporter_id FOREIGN KEY (supporter_id) REFERENCES supporters_supporter(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY donors_yearlymessage
    ADD CONSTRAINT donors_yearlymessage_charity_id_103131d3_fk_charities FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_attack
    ADD CONSTRAINT giving_attack_form_id_9819589b_fk_giving_donationform_id FOREIGN KEY (form_id) REFERENCES giving_donationform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_batchline
    ADD CONSTRAINT giving_batchline_batch_id_18145de0_fk_giving_giftbatch_id FOREIGN KEY (batch_id) REFERENCES giving_giftbatch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_batchline
    ADD CONSTRAINT giving_batchline_fund_id_b3b76bb9_fk_charities_fund_id FOREIGN KEY (fund_id) REFERENCES charities_fund(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_consentquestion
    ADD CONSTRAINT giving_consentquesti_form_id_6b312b31_fk_giving_do FOREIGN KEY (form_id) REFERENCES giving_donationform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_consentquestion
    ADD CONSTRAINT giving_consentquesti_wording_id_8167dd85_fk_supporter FOREIGN KEY (wording_id) REFERENCES supporters_consentwording(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_donationform
    ADD CONSTRAINT giving_donationform_charity_id_c65e010b_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_formcurrency
    ADD CONSTRAINT giving_formcurrency_form_id_d710e3d7_fk_giving_donationform_id FOREIGN KEY (form_id) REFERENCES giving_donationform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_formfund
    ADD CONSTRAINT giving_formfund_form_id_681d1d5f_fk_giving_donationform_id FOREIGN KEY (form_id) REFERENCES giving_donationform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_formfund
    ADD CONSTRAINT giving_formfund_fund_id_50974fb4_fk_charities_fund_id FOREIGN KEY (fund_id) REFERENCES charities_fund(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_formnumber
    ADD CONSTRAINT giving_formnumber_charity_id_8730ead0_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_formnumber
    ADD CONSTRAINT giving_formnumber_form_id_b21176c7_fk_giving_donationform_id FOREIGN KEY (form_id) REFERENCES giving_donationform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_funnelcount
    ADD CONSTRAINT giving_funnelcount_form_id_1ae158ce_fk_giving_donationform_id FOREIGN KEY (form_id) REFERENCES giving_donationform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_gift
    ADD CONSTRAINT giving_gift_batch_id_7a8da409_fk_giving_giftbatch_id FOREIGN KEY (batch_id) REFERENCES giving_giftbatch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_gift
    ADD CONSTRAINT giving_gift_charity_id_883aa641_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_gift
    ADD CONSTRAINT giving_gift_contact_id_8e4328f1_fk_supporters_contact_id FOREIGN KEY (contact_id) REFERENCES supporters_contact(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_gift
    ADD CONSTRAINT giving_gift_form_id_49205e0f_fk_giving_donationform_id FOREIGN KEY (form_id) REFERENCES giving_donationform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_gift
    ADD CONSTRAINT giving_gift_fund_id_31d4cea1_fk_charities_fund_id FOREIGN KEY (fund_id) REFERENCES charities_fund(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_gift
    ADD CONSTRAINT giving_gift_plan_id_774d3fd7_fk_plans_plan_id FOREIGN KEY (plan_id) REFERENCES plans_plan(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_giftbatch
    ADD CONSTRAINT giving_giftbatch_charity_id_154e839b_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_giftsource
    ADD CONSTRAINT giving_giftsource_gift_id_6dbc705d_fk_giving_gift_id FOREIGN KEY (gift_id) REFERENCES giving_gift(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_limithit
    ADD CONSTRAINT giving_limithit_form_id_9e5846ea_fk_giving_donationform_id FOREIGN KEY (form_id) REFERENCES giving_donationform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY giving_suggestedamount
    ADD CONSTRAINT giving_suggestedamou_form_id_ea94290a_fk_giving_do FOREIGN KEY (form_id) REFERENCES giving_donationform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_claim
    ADD CONSTRAINT impact_claim_charity_id_b6b8756a_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_claim
    ADD CONSTRAINT impact_claim_indicator_id_d63f2e3e_fk_impact_indicator_id FOREIGN KEY (indicator_id) REFERENCES impact_indicator(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_claim
    ADD CONSTRAINT impact_claim_observation_id_0b44497f_fk_impact_observation_id FOREIGN KEY (observation_id) REFERENCES impact_observation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_claim
    ADD CONSTRAINT impact_claim_owner_id_fd85edf6_fk_auth_user_id FOREIGN KEY (owner_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_dimension
    ADD CONSTRAINT impact_dimension_indicator_id_3ca25a81_fk_impact_indicator_id FOREIGN KEY (indicator_id) REFERENCES impact_indicator(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_disclosure
    ADD CONSTRAINT impact_disclosure_observation_id_41706c27_fk_impact_ob FOREIGN KEY (observation_id) REFERENCES impact_observation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_figurefile
    ADD CONSTRAINT impact_figurefile_charity_id_e15693ec_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_indicator
    ADD CONSTRAINT impact_indicator_result_id_eeed3deb_fk_impact_result_id FOREIGN KEY (result_id) REFERENCES impact_result(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_observation
    ADD CONSTRAINT impact_observation_indicator_id_0dac62fe_fk_impact_indicator_id FOREIGN KEY (indicator_id) REFERENCES impact_indicator(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_observation
    ADD CONSTRAINT impact_observation_source_id_1cacbb91_fk_impact_source_id FOREIGN KEY (source_id) REFERENCES impact_source(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_observation
    ADD CONSTRAINT impact_observation_supersedes_id_6d3e6258_fk_impact_ob FOREIGN KEY (supersedes_id) REFERENCES impact_observation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_partner
    ADD CONSTRAINT impact_partner_charity_id_fecb1924_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_partnership
    ADD CONSTRAINT impact_partnership_partner_id_24bbae7a_fk_impact_partner_id FOREIGN KEY (partner_id) REFERENCES impact_partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_partnership
    ADD CONSTRAINT impact_partnership_programme_id_2b3ec062_fk_impact_programme_id FOREIGN KEY (programme_id) REFERENCES impact_programme(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_programme
    ADD CONSTRAINT impact_programme_charity_id_e724f1a6_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_programme_funds
    ADD CONSTRAINT impact_programme_fun_programme_id_6ae343b3_fk_impact_pr FOREIGN KEY (programme_id) REFERENCES impact_programme(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_programme_funds
    ADD CONSTRAINT impact_programme_funds_fund_id_1e2e8030_fk_charities_fund_id FOREIGN KEY (fund_id) REFERENCES charities_fund(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_publisher
    ADD CONSTRAINT impact_publisher_charity_id_68edfac2_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_release
    ADD CONSTRAINT impact_release_observation_id_78f72269_fk_impact_observation_id FOREIGN KEY (observation_id) REFERENCES impact_observation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_releaseapproval
    ADD CONSTRAINT impact_releaseapproval_release_id_ccca290e_fk_impact_release_id FOREIGN KEY (release_id) REFERENCES impact_release(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_releaseend
    ADD CONSTRAINT impact_releaseend_release_id_a1c63017_fk_impact_release_id FOREIGN KEY (release_id) REFERENCES impact_release(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_replacement
    ADD CONSTRAINT impact_replacement_new_id_e5aa480c_fk_impact_observation_id FOREIGN KEY (new_id) REFERENCES impact_observation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_replacement
    ADD CONSTRAINT impact_replacement_old_id_d02822fe_fk_impact_observation_id FOREIGN KEY (old_id) REFERENCES impact_observation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_result
    ADD CONSTRAINT impact_result_programme_id_79d5c190_fk_impact_programme_id FOREIGN KEY (programme_id) REFERENCES impact_programme(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_source
    ADD CONSTRAINT impact_source_charity_id_9ff56ce8_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_target
    ADD CONSTRAINT impact_target_indicator_id_b7881bd0_fk_impact_indicator_id FOREIGN KEY (indicator_id) REFERENCES impact_indicator(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_translation
    ADD CONSTRAINT impact_translation_indicator_id_c562fe9d_fk_impact_indicator_id FOREIGN KEY (indicator_id) REFERENCES impact_indicator(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_translation
    ADD CONSTRAINT impact_translation_programme_id_d0cebc72_fk_impact_programme_id FOREIGN KEY (programme_id) REFERENCES impact_programme(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_translation
    ADD CONSTRAINT impact_translation_result_id_9e2099f0_fk_impact_result_id FOREIGN KEY (result_id) REFERENCES impact_result(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_verification
    ADD CONSTRAINT impact_verification_observation_id_6f43f4fa_fk_impact_ob FOREIGN KEY (observation_id) REFERENCES impact_observation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY impact_wording
    ADD CONSTRAINT impact_wording_charity_id_e5a8385e_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY ledger_account
    ADD CONSTRAINT ledger_account_charity_id_4d9f8e87_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY ledger_closing
    ADD CONSTRAINT ledger_closing_charity_id_36f13e39_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY ledger_dayproved
    ADD CONSTRAINT ledger_dayproved_charity_id_89fd25d6_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY ledger_posting
    ADD CONSTRAINT ledger_posting_charity_id_3cec14e5_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY ledger_posting
    ADD CONSTRAINT ledger_posting_credit_id_04b355dc_fk_ledger_account_id FOREIGN KEY (credit_id) REFERENCES ledger_account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY ledger_posting
    ADD CONSTRAINT ledger_posting_debit_id_1043b8d8_fk_ledger_account_id FOREIGN KEY (debit_id) REFERENCES ledger_account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY otp_totp_totpdevice
    ADD CONSTRAINT otp_totp_totpdevice_user_id_0fb18292_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_attempt
    ADD CONSTRAINT payments_attempt_charity_id_6d6ebf41_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_bankcredit
    ADD CONSTRAINT payments_bankcredit_attempt_id_d73636ca_fk_payments_attempt_id FOREIGN KEY (attempt_id) REFERENCES payments_attempt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_bankcredit
    ADD CONSTRAINT payments_bankcredit_charity_id_c3516b24_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_bankcredit
    ADD CONSTRAINT payments_bankcredit_payout_id_db67f18c_fk_payments_payout_id FOREIGN KEY (payout_id) REFERENCES payments_payout(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_dispute
    ADD CONSTRAINT payments_dispute_attempt_id_1cb49aab_fk_payments_attempt_id FOREIGN KEY (attempt_id) REFERENCES payments_attempt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_disputeevent
    ADD CONSTRAINT payments_disputeeven_dispute_id_ae81f4be_fk_payments_ FOREIGN KEY (dispute_id) REFERENCES payments_dispute(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_disputefile
    ADD CONSTRAINT payments_disputefile_reply_id_6fe922bb_fk_payments_ FOREIGN KEY (reply_id) REFERENCES payments_disputereply(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_disputereply
    ADD CONSTRAINT payments_disputerepl_dispute_id_d9b17b8c_fk_payments_ FOREIGN KEY (dispute_id) REFERENCES payments_dispute(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_event
    ADD CONSTRAINT payments_event_attempt_id_6a068a03_fk_payments_attempt_id FOREIGN KEY (attempt_id) REFERENCES payments_attempt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_payout
    ADD CONSTRAINT payments_payout_charity_id_f49bfa4d_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_payoutevent
    ADD CONSTRAINT payments_payoutevent_payout_id_45d67b08_fk_payments_payout_id FOREIGN KEY (payout_id) REFERENCES payments_payout(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_refund
    ADD CONSTRAINT payments_refund_attempt_id_0b419ab4_fk_payments_attempt_id FOREIGN KEY (attempt_id) REFERENCES payments_attempt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY payments_refundevent
    ADD CONSTRAINT payments_refundevent_refund_id_a0de60ae_fk_payments_refund_id FOREIGN KEY (refund_id) REFERENCES payments_refund(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_oldmethod
    ADD CONSTRAINT plans_oldmethod_event_id_8d8a0841_fk_plans_planevent_id FOREIGN KEY (event_id) REFERENCES plans_planevent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_oldmethod
    ADD CONSTRAINT plans_oldmethod_plan_id_5271ecbe_fk_plans_plan_id FOREIGN KEY (plan_id) REFERENCES plans_plan(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_period
    ADD CONSTRAINT plans_period_plan_id_d9732bd6_fk_plans_plan_id FOREIGN KEY (plan_id) REFERENCES plans_plan(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_plan
    ADD CONSTRAINT plans_plan_charity_id_2f70962d_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_plan
    ADD CONSTRAINT plans_plan_contact_id_b6f89eba_fk_supporters_contact_id FOREIGN KEY (contact_id) REFERENCES supporters_contact(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_plan
    ADD CONSTRAINT plans_plan_fund_id_2113645c_fk_charities_fund_id FOREIGN KEY (fund_id) REFERENCES charities_fund(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_planalias
    ADD CONSTRAINT plans_planalias_charity_id_e8ae14c4_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_planalias
    ADD CONSTRAINT plans_planalias_plan_id_2a1c6e20_fk_plans_plan_id FOREIGN KEY (plan_id) REFERENCES plans_plan(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_planevent
    ADD CONSTRAINT plans_planevent_plan_id_81821463_fk_plans_plan_id FOREIGN KEY (plan_id) REFERENCES plans_plan(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_withdrawal
    ADD CONSTRAINT plans_withdrawal_event_id_79089f3e_fk_plans_planevent_id FOREIGN KEY (event_id) REFERENCES plans_planevent(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_withdrawal
    ADD CONSTRAINT plans_withdrawal_period_id_fcaf906f_fk_plans_period_id FOREIGN KEY (period_id) REFERENCES plans_period(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY plans_withdrawal
    ADD CONSTRAINT plans_withdrawal_plan_id_9996a55f_fk_plans_plan_id FOREIGN KEY (plan_id) REFERENCES plans_plan(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY receipts_receipt
    ADD CONSTRAINT receipts_receipt_charity_id_baa36568_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY receipts_receipt
    ADD CONSTRAINT receipts_receipt_gift_id_41e5cc44_fk_giving_gift_id FOREIGN KEY (gift_id) REFERENCES giving_gift(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY receipts_receiptcancellation
    ADD CONSTRAINT receipts_receiptcanc_receipt_id_4cbff380_fk_receipts_ FOREIGN KEY (receipt_id) REFERENCES receipts_receipt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY receipts_receiptdelivery
    ADD CONSTRAINT receipts_receiptdeli_receipt_id_235142d2_fk_receipts_ FOREIGN KEY (receipt_id) REFERENCES receipts_receipt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY receipts_receiptdelivery
    ADD CONSTRAINT receipts_receiptdelivery_gift_id_a01325a0_fk_giving_gift_id FOREIGN KEY (gift_id) REFERENCES giving_gift(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY receipts_receiptfile
    ADD CONSTRAINT receipts_receiptfile_receipt_id_f6f1e966_fk_receipts_receipt_id FOREIGN KEY (receipt_id) REFERENCES receipts_receipt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY receipts_receiptperson
    ADD CONSTRAINT receipts_receiptpers_receipt_id_5a16b9b8_fk_receipts_ FOREIGN KEY (receipt_id) REFERENCES receipts_receipt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY receipts_receiptseal
    ADD CONSTRAINT receipts_receiptseal_receipt_id_31527974_fk_receipts_receipt_id FOREIGN KEY (receipt_id) REFERENCES receipts_receipt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY receipts_receiptseries
    ADD CONSTRAINT receipts_receiptseri_charity_id_a9262207_fk_charities FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_homepage
    ADD CONSTRAINT stories_homepage_page_ptr_id_f9c009fb_fk_wagtailcore_page_id FOREIGN KEY (page_ptr_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_importedpicture
    ADD CONSTRAINT stories_importedpict_charity_id_8384d566_fk_charities FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_importedpicture
    ADD CONSTRAINT stories_importedpict_image_id_2019285e_fk_wagtailim FOREIGN KEY (image_id) REFERENCES wagtailimages_image(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_importedpost
    ADD CONSTRAINT stories_importedpost_charity_id_8cc056b5_fk_charities FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_importedpost
    ADD CONSTRAINT stories_importedpost_page_id_02b617a1_fk_wagtailcore_page_id FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_move
    ADD CONSTRAINT stories_move_charity_id_6b02fa12_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_moveline
    ADD CONSTRAINT stories_moveline_move_id_3d8021bd_fk_stories_move_id FOREIGN KEY (move_id) REFERENCES stories_move(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_moveline
    ADD CONSTRAINT stories_moveline_page_id_64007775_fk_wagtailcore_page_id FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_movepart
    ADD CONSTRAINT stories_movepart_move_id_83796db1_fk_stories_move_id FOREIGN KEY (move_id) REFERENCES stories_move(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_picturemark
    ADD CONSTRAINT stories_picturemark_image_id_9389f577_fk_wagtailimages_image_id FOREIGN KEY (image_id) REFERENCES wagtailimages_image(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_relatedstory
    ADD CONSTRAINT stories_relatedstory_other_id_abecbe9f_fk_stories_s FOREIGN KEY (other_id) REFERENCES stories_storypage(page_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_relatedstory
    ADD CONSTRAINT stories_relatedstory_story_id_4c4b2cdd_fk_stories_s FOREIGN KEY (story_id) REFERENCES stories_storypage(page_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_storyindexpage
    ADD CONSTRAINT stories_storyindexpa_page_ptr_id_0c4963d0_fk_wagtailco FOREIGN KEY (page_ptr_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_storypage
    ADD CONSTRAINT stories_storypage_lead_image_id_46361f39_fk_wagtailim FOREIGN KEY (lead_image_id) REFERENCES wagtailimages_image(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_storypage
    ADD CONSTRAINT stories_storypage_page_ptr_id_bf8cc7f0_fk_wagtailcore_page_id FOREIGN KEY (page_ptr_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_storyterms
    ADD CONSTRAINT stories_storyterms_story_id_63225604_fk_stories_s FOREIGN KEY (story_id) REFERENCES stories_storypage(page_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY stories_textpage
    ADD CONSTRAINT stories_textpage_page_ptr_id_938d2497_fk_wagtailcore_page_id FOREIGN KEY (page_ptr_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY supporters_consent
    ADD CONSTRAINT supporters_consent_contact_id_a823f87e_fk_supporters_contact_id FOREIGN KEY (contact_id) REFERENCES supporters_contact(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY supporters_consent
    ADD CONSTRAINT supporters_consent_wording_id_55acd4f7_fk_supporter FOREIGN KEY (wording_id) REFERENCES supporters_consentwording(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY supporters_consentwording
    ADD CONSTRAINT supporters_consentwo_charity_id_a1d8696d_fk_charities FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY supporters_consentwording
    ADD CONSTRAINT supporters_consentwo_of_id_4b772f07_fk_supporter FOREIGN KEY (of_id) REFERENCES supporters_consentwording(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY supporters_contact
    ADD CONSTRAINT supporters_contact_charity_id_bf9d653a_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY supporters_contact
    ADD CONSTRAINT supporters_contact_supporter_id_5b5e0f22_fk_supporter FOREIGN KEY (supporter_id) REFERENCES supporters_supporter(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY supporters_supporter
    ADD CONSTRAINT supporters_supporter_charity_id_3bd4bf76_fk_charities FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_content_type_id_9957a03c_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY taggit_taggeditem
    ADD CONSTRAINT taggit_taggeditem_tag_id_f4f5b767_fk_taggit_tag_id FOREIGN KEY (tag_id) REFERENCES taggit_tag(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailadmin_editingsession
    ADD CONSTRAINT wagtailadmin_editing_content_type_id_4df7730e_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailadmin_editingsession
    ADD CONSTRAINT wagtailadmin_editingsession_user_id_6e1a9b70_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailadmin_formstate
    ADD CONSTRAINT wagtailadmin_formsta_content_type_id_e32438b3_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailadmin_formstate
    ADD CONSTRAINT wagtailadmin_formstate_user_id_b910adc2_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_collectionviewrestriction
    ADD CONSTRAINT wagtailcore_collecti_collection_id_761908ec_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collecti_collectionviewrestri_47320efd_fk_wagtailco FOREIGN KEY (collectionviewrestriction_id) REFERENCES wagtailcore_collectionviewrestriction(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_collectionviewrestriction_groups
    ADD CONSTRAINT wagtailcore_collecti_group_id_1823f2a3_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_page_id_108444b5_fk_wagtailcore_page_id FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_resolved_by_id_a282aa0e_fk_auth_user_id FOREIGN KEY (resolved_by_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_revision_created_id_1d058279_fk_wagtailco FOREIGN KEY (revision_created_id) REFERENCES wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_comment
    ADD CONSTRAINT wagtailcore_comment_user_id_0c577ca6_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_commentreply
    ADD CONSTRAINT wagtailcore_commentr_comment_id_afc7e027_fk_wagtailco FOREIGN KEY (comment_id) REFERENCES wagtailcore_comment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_commentreply
    ADD CONSTRAINT wagtailcore_commentreply_user_id_d0b3b9c3_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapp_group_id_2e64b61f_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupapprovaltask_groups
    ADD CONSTRAINT wagtailcore_groupapp_groupapprovaltask_id_9a9255ea_fk_wagtailco FOREIGN KEY (groupapprovaltask_id) REFERENCES wagtailcore_groupapprovaltask(task_ptr_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupapprovaltask
    ADD CONSTRAINT wagtailcore_groupapp_task_ptr_id_cfe58781_fk_wagtailco FOREIGN KEY (task_ptr_id) REFERENCES wagtailcore_task(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcol_collection_id_5423575a_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcol_group_id_05d61460_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupcollectionpermission
    ADD CONSTRAINT wagtailcore_groupcol_permission_id_1b626275_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppag_group_id_fc07e671_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppag_page_id_710b114a_fk_wagtailco FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_grouppagepermission
    ADD CONSTRAINT wagtailcore_grouppag_permission_id_05acb22e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsit_group_id_e5cdbee4_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsit_permission_id_459b1f38_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_groupsitepermission
    ADD CONSTRAINT wagtailcore_groupsit_site_id_245de488_fk_wagtailco FOREIGN KEY (site_id) REFERENCES wagtailcore_site(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_modellogentry
    ADD CONSTRAINT wagtailcore_modellog_content_type_id_68849e77_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_alias_of_id_12945502_fk_wagtailcore_page_id FOREIGN KEY (alias_of_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_content_type_id_c28424df_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_latest_revision_id_e60fef51_fk_wagtailco FOREIGN KEY (latest_revision_id) REFERENCES wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_live_revision_id_930bd822_fk_wagtailco FOREIGN KEY (live_revision_id) REFERENCES wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_locale_id_3c7e30a6_fk_wagtailcore_locale_id FOREIGN KEY (locale_id) REFERENCES wagtailcore_locale(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_locked_by_id_bcb86245_fk_auth_user_id FOREIGN KEY (locked_by_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_page
    ADD CONSTRAINT wagtailcore_page_owner_id_fbf7c332_fk_auth_user_id FOREIGN KEY (owner_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pagelogentry
    ADD CONSTRAINT wagtailcore_pageloge_content_type_id_74e7708a_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_revision
    ADD CONSTRAINT wagtailcore_pagerevision_user_id_2409d2f4_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubs_page_id_a085e7a6_fk_wagtailco FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pagesubscription
    ADD CONSTRAINT wagtailcore_pagesubscription_user_id_89d7def9_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageview_group_id_6460f223_fk_auth_grou FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pageviewrestriction
    ADD CONSTRAINT wagtailcore_pageview_page_id_15a8bea6_fk_wagtailco FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_pageviewrestriction_groups
    ADD CONSTRAINT wagtailcore_pageview_pageviewrestriction__f147a99a_fk_wagtailco FOREIGN KEY (pageviewrestriction_id) REFERENCES wagtailcore_pageviewrestriction(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenc_base_content_type_id_313cf40f_fk_django_co FOREIGN KEY (base_content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenc_content_type_id_766e0336_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_referenceindex
    ADD CONSTRAINT wagtailcore_referenc_to_content_type_id_93690bbd_fk_django_co FOREIGN KEY (to_content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_revision
    ADD CONSTRAINT wagtailcore_revision_base_content_type_id_5b4ef7bd_fk_django_co FOREIGN KEY (base_content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_revision
    ADD CONSTRAINT wagtailcore_revision_content_type_id_c8cb69c0_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_site
    ADD CONSTRAINT wagtailcore_site_root_page_id_e02fb95c_fk_wagtailcore_page_id FOREIGN KEY (root_page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_task
    ADD CONSTRAINT wagtailcore_task_content_type_id_249ab8ba_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstat_content_type_id_0a758fdc_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstat_revision_id_df25a499_fk_wagtailco FOREIGN KEY (revision_id) REFERENCES wagtailcore_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstat_workflow_state_id_9239a775_fk_wagtailco FOREIGN KEY (workflow_state_id) REFERENCES wagtailcore_workflowstate(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstate_finished_by_id_13f98229_fk_auth_user_id FOREIGN KEY (finished_by_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_taskstate
    ADD CONSTRAINT wagtailcore_taskstate_task_id_c3677c34_fk_wagtailcore_task_id FOREIGN KEY (task_id) REFERENCES wagtailcore_task(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_uploadedfile
    ADD CONSTRAINT wagtailcore_uploaded_for_content_type_id_b0fc87b2_fk_django_co FOREIGN KEY (for_content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_uploadedfile
    ADD CONSTRAINT wagtailcore_uploaded_uploaded_by_user_id_c7580fe8_fk_auth_user FOREIGN KEY (uploaded_by_user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_base_content_type_id_a30dc576_fk_django_co FOREIGN KEY (base_content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_content_type_id_2bb78ce1_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowcontenttype
    ADD CONSTRAINT wagtailcore_workflow_content_type_id_b261bb37_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_current_task_state_i_3a1a0632_fk_wagtailco FOREIGN KEY (current_task_state_id) REFERENCES wagtailcore_taskstate(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowpage
    ADD CONSTRAINT wagtailcore_workflow_page_id_81e7bab6_fk_wagtailco FOREIGN KEY (page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_requested_by_id_4090bca3_fk_auth_user FOREIGN KEY (requested_by_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflow_task_id_ce7716fe_fk_wagtailco FOREIGN KEY (task_id) REFERENCES wagtailcore_task(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowstate
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_1f18378f_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowpage
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_56f56ff6_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowcontenttype
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_9aad7cd2_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailcore_workflowtask
    ADD CONSTRAINT wagtailcore_workflow_workflow_id_b9717175_fk_wagtailco FOREIGN KEY (workflow_id) REFERENCES wagtailcore_workflow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtaildocs_document
    ADD CONSTRAINT wagtaildocs_document_collection_id_23881625_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtaildocs_document
    ADD CONSTRAINT wagtaildocs_document_uploaded_by_user_id_17258b41_fk_auth_user FOREIGN KEY (uploaded_by_user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailimages_image
    ADD CONSTRAINT wagtailimages_image_collection_id_c2f8af7e_fk_wagtailco FOREIGN KEY (collection_id) REFERENCES wagtailcore_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailimages_image
    ADD CONSTRAINT wagtailimages_image_uploaded_by_user_id_5d73dc75_fk_auth_user FOREIGN KEY (uploaded_by_user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailimages_rendition
    ADD CONSTRAINT wagtailimages_rendit_image_id_3e1fd774_fk_wagtailim FOREIGN KEY (image_id) REFERENCES wagtailimages_image(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailredirects_redirect
    ADD CONSTRAINT wagtailredirects_red_redirect_page_id_b5728a8f_fk_wagtailco FOREIGN KEY (redirect_page_id) REFERENCES wagtailcore_page(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailredirects_redirect
    ADD CONSTRAINT wagtailredirects_red_site_id_780a0e1e_fk_wagtailco FOREIGN KEY (site_id) REFERENCES wagtailcore_site(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailsearch_indexentry
    ADD CONSTRAINT wagtailsearch_indexe_content_type_id_62ed694f_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY wagtailusers_userprofile
    ADD CONSTRAINT wagtailusers_userprofile_user_id_59c92331_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY webhooks_delivery
    ADD CONSTRAINT webhooks_delivery_endpoint_id_6cbee67d_fk_webhooks_endpoint_id FOREIGN KEY (endpoint_id) REFERENCES webhooks_endpoint(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY webhooks_endpoint
    ADD CONSTRAINT webhooks_endpoint_charity_id_8732f9d6_fk_charities_charity_id FOREIGN KEY (charity_id) REFERENCES charities_charity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY webhooks_endpointsecret
    ADD CONSTRAINT webhooks_endpointsec_endpoint_id_cb871419_fk_webhooks_ FOREIGN KEY (endpoint_id) REFERENCES webhooks_endpoint(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY webhooks_try
    ADD CONSTRAINT webhooks_try_delivery_id_e731571c_fk_webhooks_delivery_id FOREIGN KEY (delivery_id) REFERENCES webhooks_delivery(id) DEFERRABLE INITIALLY DEFERRED;
