"""The form on other sites: the element and its script, links, oEmbed, QR codes, and the snippets that editors copy."""
