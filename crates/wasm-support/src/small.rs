//! What a module has in place of the standard library.

/// Memory for modules through which no bulk data goes. The standard library's allocator is a tenth
/// of such a module; this one is a fifth of that, and takes constant time whatever it is asked for.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub use rlsf::SmallGlobalTlsf as SmallAllocator;

/// Gives a module its memory.
#[macro_export]
macro_rules! small_allocator {
    () => {
        #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
        #[global_allocator]
        static ALLOCATOR: $crate::SmallAllocator = $crate::SmallAllocator::new();
    };
}

/// Ends a module that has a bug, as the standard library does: whoever called it gets a
/// `WebAssembly.RuntimeError`. Nobody would see what a panic says, so nothing of it is downloaded.
#[cfg(all(feature = "package", target_arch = "wasm32"))]
#[macro_export]
macro_rules! without_std {
    () => {
        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
            core::arch::wasm32::unreachable()
        }
    };
}

/// Tests have the standard library.
#[cfg(not(all(feature = "package", target_arch = "wasm32")))]
#[macro_export]
macro_rules! without_std {
    () => {
        extern crate std;
    };
}
