"""What an attack is told by, in words. English: staff's screens are."""

from typing import Final

SIGNS: Final = {
    "declines": "more than 40 % of the payments of ten minutes were declined",
    "small": "most gifts were smaller than the form suggests, and more than 20 % were declined",
    "addresses": "three addresses or more met as many declines each as the limit allows",
    "site": "more than 40 % of the payments of ten minutes were declined on all forms together",
    "staff": "staff switched it on",
}
