"""Where it meets the machine: files, threads, time, Kafka."""
