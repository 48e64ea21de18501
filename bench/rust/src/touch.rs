//! What a touched message costs beside its way: its bytes are written here and copied there.

use core::mem::MaybeUninit;

use crate::Outcome;

pub struct Touch {
    private: Vec<u8>,
    value: u8,
}

impl Touch {
    pub fn new(size: usize) -> Self {
        Self {
            private: vec![0; size],
            value: 0,
        }
    }

    pub fn write(&mut self, payload: &mut [MaybeUninit<u8>]) {
        self.value = self.value.wrapping_add(1);
        payload.fill(MaybeUninit::new(self.value));
    }

    /// Fails if the last byte is not the one that as many calls of `write` wrote on the other side.
    pub fn read(&mut self, payload: &[u8]) -> Outcome<()> {
        self.private.copy_from_slice(payload);
        self.value = self.value.wrapping_add(1);
        match self.private.last() {
            Some(&last) if last == self.value => Ok(()),
            last => Err(format!("the last byte is {last:?}, not {}", self.value).into()),
        }
    }
}
