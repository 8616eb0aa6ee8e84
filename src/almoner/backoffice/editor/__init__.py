"""Forms, funds and charities as editors make and change them."""
