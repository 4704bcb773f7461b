"""Who gets in, and what each of them sees."""
