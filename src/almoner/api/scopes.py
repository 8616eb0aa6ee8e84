"""What a token may do. One that only reads gifts learns of no person: that takes a scope of its own."""

from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    FORMS_READ = "forms:read"
    GIFTS_READ = "gifts:read"
    GIFTS_WRITE = "gifts:write"
    REFUNDS_WRITE = "refunds:write"
    PLANS_READ = "plans:read"
    PLANS_WRITE = "plans:write"
    SUPPORTERS_READ = "supporters:read"
    CONSENTS_WRITE = "consents:write"
    RECEIPTS_READ = "receipts:read"
    EXPORTS_READ = "exports:read"
    IMPACT_READ = "impact:read"
    IMPACT_WRITE = "impact:write"
    IMPACT_VERIFY = "impact:verify"
    IMPACT_MANAGE = "impact:manage"


# In words, for the staff who make tokens.
MEANS: Final[dict[Scope, str]] = {
    Scope.FORMS_READ: "Read forms",
    Scope.GIFTS_READ: "Read gifts, without who gave them",
    Scope.GIFTS_WRITE: "Enter gifts that came another way",
    Scope.REFUNDS_WRITE: "Give gifts back",
    Scope.PLANS_READ: "Read regular gifts, without whose they are",
    Scope.PLANS_WRITE: "Pause, resume, change and cancel regular gifts",
    Scope.SUPPORTERS_READ: "Read people: their names, addresses and what they agreed to",
    Scope.CONSENTS_WRITE: "Record what people agree to, or no longer do",
    Scope.RECEIPTS_READ: "Read receipts, and their documents",
    Scope.EXPORTS_READ: "Download gifts with who gave them, as other systems import them",
    Scope.IMPACT_READ: "Read programmes and their figures",
    Scope.IMPACT_WRITE: "Enter and correct figures, which somebody else then verifies, and their sources",
    Scope.IMPACT_VERIFY: "Verify figures, or send them back: never those of whoever made the token",
    Scope.IMPACT_MANAGE: "Make and change programmes, with their partners, results, indicators and targets",
}
