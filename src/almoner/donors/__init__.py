"""The donor's own page, entered by an emailed link: gifts, receipts, regular gifts. And the mails of regular giving."""
