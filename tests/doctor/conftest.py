from tests.doctor.sound import sound

__all__ = ["sound"]
