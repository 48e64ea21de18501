"""The payload of several examples."""

import ctypes


class TransmissionData(ctypes.Structure):
    """Prints as upstream's."""

    _fields_ = [("x", ctypes.c_int32), ("y", ctypes.c_int32), ("funky", ctypes.c_double)]

    @staticmethod
    def of(counter):
        """The sample of that number."""
        return TransmissionData(x=counter, y=counter * 3, funky=counter * 812.12)

    def __str__(self):
        return f"TransmissionData {{ x: {self.x}, y: {self.y}, funky: {self.funky} }}"

    @staticmethod
    def type_name():
        """The name that makes it the same type in every language."""
        return "TransmissionData"
