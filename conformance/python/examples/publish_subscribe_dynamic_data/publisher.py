"""Sends ever longer slices."""

import ctypes

import iceoryx2 as iox2
from example import create_node, cycles


def main():
    """What it created goes with its variables."""
    node = create_node()
    name = iox2.ServiceName.new("Service With Dynamic Data")
    service = node.service_builder(name).publish_subscribe(iox2.Slice[ctypes.c_uint8]).open_or_create()
    growing = iox2.AllocationStrategy.PowerOfTwo
    publisher = service.publisher_builder().initial_max_slice_len(16).allocation_strategy(growing).create()
    for counter in cycles(node):
        size = min(counter * counter, 1_000_000)
        sample = publisher.loan_slice_uninit(size)
        for index in range(size):
            sample.payload()[index] = (index + counter) % 255
        sample.assume_init().send()
        print("Send sample", counter, "with", size, "bytes...")
    publisher.delete()


main()
