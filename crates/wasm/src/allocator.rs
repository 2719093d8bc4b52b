//! Memory for modules through which no bulk data goes. The standard library's allocator is a tenth
//! of such a module; this one is a fifth of that, and takes constant time whatever it is asked for.

use rlsf::SmallGlobalTlsf;

#[global_allocator]
static ALLOCATOR: SmallGlobalTlsf = SmallGlobalTlsf::new();
