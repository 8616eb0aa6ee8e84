"""The donor's own page: entered by an emailed link; gifts, receipts and regular gifts; and the mails of regular giving."""
