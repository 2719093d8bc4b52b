//! Enums whose values have names: those of AWS, or of options.

/// Declares such an enum, with all its values and the way from and to a name. What `otherwise` gives
/// is the error for another name.
macro_rules! named {
    (
        $(#[$about:meta])*
        pub enum $type:ident {
            $($(#[$about_value:meta])* $value:ident = $name:literal,)+
        }
        otherwise |$given:pat_param| $error:expr
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type {
            $($(#[$about_value])* #[doc = ""] #[doc = concat!("Named `", $name, "`.")] $value,)+
        }

        impl $type {
            /// All of them.
            pub const ALL: [Self; [$($name,)+].len()] = [$(Self::$value,)+];

            /// Its name, as [`Self::from_name`] takes it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$value => $name,)+ }
            }

            /// # Errors
            /// For any other name: [`Error::Input`], or what is said of the type.
            pub fn from_name(name: &str) -> Result<Self> {
                let $given = name;
                Self::ALL.into_iter().find(|value| value.name() == name).ok_or_else(|| $error)
            }
        }
    };
}

pub(crate) use named;
