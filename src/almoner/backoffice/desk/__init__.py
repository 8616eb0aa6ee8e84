"""What people bring: single gifts and batches entered by hand, and credits on the bank account."""
