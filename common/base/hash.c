/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keyed hashes, by xxHash: compiled in, as a call into the library costs as much as the hash. */
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

struct hash_sum hash_words(const struct hash_secret *secret, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const uint64_t words[4] = {a, b, c, d};
	XXH128_hash_t hash = XXH3_128bits_withSecret(words, sizeof(words), secret->bytes, sizeof(secret->bytes));

	return (struct hash_sum){hash.low64, hash.high64};
}

uint64_t hash_bytes(const struct hash_secret *secret, const void *bytes, size_t len)
{
	return XXH3_64bits_withSecret(bytes, len, secret->bytes, sizeof(secret->bytes));
}
