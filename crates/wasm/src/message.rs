//! Sealing and opening sessions. TypeScript drives them: it runs the operations and vouches for
//! each with its id, good once and in order.

mod open;
mod seal;

pub use open::OpenSession;
pub use seal::{MessageSealing, SealSession};

use bongtu::Error;

const OUT_OF_ORDER: Error = Error::State("the session was used out of order");
