/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keyed fingerprints of multisets: two lists that should hold the same things, in whatever order and however many,
 * are summed up by 128 bits each and compared.
 *
 * Each thing is hashed under a secret drawn at random for the run, so that nobody can make two lists that differ and
 * sum up alike; the hashes are added (xxHash3, 128 bits). Equal sums: the lists are equal, but for a chance that
 * nobody will live to see.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_SECRET_BYTES 192u

/* Random bytes. */
struct hash_secret {
	uint8_t bytes[HASH_SECRET_BYTES];
};

/* A number of 128 bits; zeroed: the sum of nothing. */
struct hash_sum {
	uint64_t low, high;
};

/* The hash of four numbers. */
struct hash_sum hash_words(const struct hash_secret *secret, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/* The hash of some bytes, cut to 64 bits: to take names into hash_words. */
uint64_t hash_bytes(const struct hash_secret *secret, const void *bytes, size_t len);

static inline void hash_sum_add(struct hash_sum *sum, struct hash_sum term)
{
	sum->low += term.low;
	sum->high += term.high + (sum->low < term.low);
}

static inline void hash_sum_subtract(struct hash_sum *sum, struct hash_sum term)
{
	uint64_t low = sum->low;

	sum->low -= term.low;
	sum->high -= term.high + (low < term.low);
}

/* @times the term. */
static inline void hash_sum_add_times(struct hash_sum *sum, struct hash_sum term, uint32_t times)
{
	uint64_t lower = (term.low & UINT32_MAX) * times, upper = (term.low >> 32) * times + (lower >> 32);

	hash_sum_add(sum, (struct hash_sum){upper << 32 | (lower & UINT32_MAX), term.high * times + (upper >> 32)});
}

static inline bool hash_sum_equal(struct hash_sum a, struct hash_sum b)
{
	return a.low == b.low && a.high == b.high;
}

#endif
