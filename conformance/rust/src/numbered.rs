//! Messages of a mass exchange: runs of 64-bit words that all follow from the sequence number. A torn, mixed up or
//! stale message does not fit, whatever its sequence number says.

use serde_json::{Value, json};

/// Word `index` of message `sequence`.
pub fn word(sequence: u64, index: usize) -> u64 {
    (index as u64 + 1).wrapping_mul(sequence)
}

/// What became of numbered messages.
pub struct Check {
    pub expected: u64,
    received: u64,
    skipped: u64,
    corrupt: u64,
    disordered: u64,
}

impl Check {
    pub fn starting_at(expected: u64) -> Self {
        Self {
            expected,
            received: 0,
            skipped: 0,
            corrupt: 0,
            disordered: 0,
        }
    }

    pub fn add(&mut self, words: &[u64]) {
        let Some(&sequence) = words.first() else {
            self.corrupt += 1;
            return;
        };
        let fits = words
            .iter()
            .enumerate()
            .all(|(index, &found)| found == word(sequence, index));
        self.received += 1;
        self.corrupt += u64::from(!fits);
        self.skipped += sequence.saturating_sub(self.expected);
        self.disordered += u64::from(sequence < self.expected);
        self.expected = sequence + 1;
    }

    pub fn report(&self) -> Value {
        json!({
            "received": self.received,
            "skipped": self.skipped,
            "corrupt": self.corrupt,
            "disordered": self.disordered,
        })
    }
}
