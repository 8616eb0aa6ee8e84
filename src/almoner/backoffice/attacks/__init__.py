"""Attack mode as staff meet it: each form's page, its switch, and the mail when one begins."""
