"""The user header of several examples."""

import ctypes


class CustomHeader(ctypes.Structure):
    """Prints as upstream's."""

    _fields_ = [("version", ctypes.c_int32), ("timestamp", ctypes.c_uint64)]

    def fill(self, counter):
        """Makes it the header of the sample of that number."""
        self.version = 123
        self.timestamp = 80337 + counter

    def __str__(self):
        return f"CustomHeader {{ version: {self.version}, timestamp: {self.timestamp} }}"

    @staticmethod
    def type_name():
        """The name that makes it the same type in every language."""
        return "CustomHeader"
