"""How dates are written, where Django's own habit is not our readers'."""
