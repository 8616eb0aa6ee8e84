"""What the benchmarks share: servers, a load, CPU of processes, the machine's noise, tables."""
