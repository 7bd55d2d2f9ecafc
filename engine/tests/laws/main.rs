//! Laws of the engine, tried on random sequences of commands. Read next: `against_naive.rs`.

mod against_naive;
mod cluster;
mod databases;
mod generate;
mod lists;
mod messaging;
mod naive;
mod notifications;
mod scan;
mod spelling;
mod value;
