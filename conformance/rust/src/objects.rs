//! The objects that commands created, by handle.

use core::any::{Any, type_name};
use std::collections::BTreeMap;

use crate::failure::{Failure, Outcome};

/// Which object a command is about.
pub type Handle = u64;

#[derive(Default)]
pub struct Objects {
    last: Handle,
    objects: BTreeMap<Handle, Box<dyn Any>>,
}

impl Objects {
    pub fn add<T: Any>(&mut self, object: T) -> Handle {
        self.last += 1;
        self.objects.insert(self.last, Box::new(object));
        self.last
    }

    pub fn get<T: Any>(&self, handle: Handle) -> Outcome<&T> {
        self.objects
            .get(&handle)
            .ok_or_else(|| Failure::usage(format!("there is no object {handle}")))?
            .downcast_ref()
            .ok_or_else(|| Failure::usage(format!("object {handle} is no {}", type_name::<T>())))
    }

    /// Gives an object to a command that uses it up.
    pub fn take<T: Any>(&mut self, handle: Handle) -> Outcome<T> {
        self.get::<T>(handle)?;
        let object = self
            .objects
            .remove(&handle)
            .and_then(|object| object.downcast().ok());
        object
            .map(|object| *object)
            .ok_or_else(|| Failure::usage(format!("there is no object {handle}")))
    }

    pub fn drop(&mut self, handle: Handle) -> Outcome<()> {
        match self.objects.remove(&handle) {
            Some(_) => Ok(()),
            None => Err(Failure::usage(format!("there is no object {handle}"))),
        }
    }

    /// Destroys every object, the youngest first.
    pub fn drop_all(&mut self) {
        while self.objects.pop_last().is_some() {}
    }
}
