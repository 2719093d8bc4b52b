//! Sealing and opening sessions. TypeScript drives them: it runs the operations and vouches for
//! each with its id, good once and in order.

#[cfg(feature = "open")]
mod open;
#[cfg(feature = "seal")]
mod seal;

#[cfg(feature = "open")]
pub use open::OpenSession;
#[cfg(feature = "seal")]
pub use seal::{MessageSealing, SealSession};
