"""The WordPress plugin in a real WordPress. Skipped, loudly, where Debian's packages for it can't be had."""
