//! What is reported when a command cannot be executed.

use core::error::Error;

use serde_json::{Value, json};

/// The class of upstream's error, its variant, and a text for people.
#[derive(Debug)]
pub struct Failure {
    class: String,
    variant: String,
    message: String,
}

pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// The test asked for something that the peer does not have.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            class: "Usage".into(),
            variant: String::new(),
            message: message.into(),
        }
    }

    pub fn to_json(&self) -> Value {
        json!({ "error": self.class, "code": self.variant, "message": self.message })
    }
}

impl<E: Error> From<E> for Failure {
    /// Upstream's errors show themselves as `LoanError::ExceedsMaxLoans`.
    fn from(error: E) -> Self {
        let message = error.to_string();
        let (class, variant) = message.split_once("::").unwrap_or(("Error", &message));
        Self {
            class: class.into(),
            variant: variant.into(),
            message: message.clone(),
        }
    }
}
