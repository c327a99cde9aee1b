/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CRC-32C through ISA-L, which picks the fastest code for the processor. */
#include "base/crc32c.h"

#include <assert.h>
#include <isa-l/crc.h>
#include <limits.h>
#include <string.h>

#include "base/endian.h"

uint32_t crc32c_update(uint32_t raw, const void *bytes, size_t len)
{
	const unsigned char *from = bytes;

	while (len > 0) {
		size_t piece = len < INT_MAX ? len : INT_MAX;

		/* ISA-L only reads, though its prototype has no const. */
		raw = crc32_iscsi((unsigned char *)(uintptr_t)from, (int)piece, raw);
		from += piece;
		len -= piece;
	}
	return raw;
}

uint32_t crc32c_block(const void *bytes, size_t len, size_t crc_offset)
{
	static const uint8_t zero[4];
	const uint8_t *p = bytes;
	uint32_t raw = UINT32_MAX;

	assert(len >= sizeof(zero) && crc_offset <= len - sizeof(zero));
	raw = crc32c_update(raw, p, crc_offset);
	raw = crc32c_update(raw, zero, sizeof(zero));
	raw = crc32c_update(raw, p + crc_offset + sizeof(zero), len - crc_offset - sizeof(zero));
	return ~raw;
}

bool crc32c_block_ok(const void *bytes, size_t len, size_t crc_offset)
{
	le32 stored;

	memcpy(&stored, (const uint8_t *)bytes + crc_offset, sizeof(stored));
	return le32_get(stored) == crc32c_block(bytes, len, crc_offset);
}

void crc32c_block_seal(void *bytes, size_t len, size_t crc_offset)
{
	le32 crc = le32_of(crc32c_block(bytes, len, crc_offset));

	memcpy((uint8_t *)bytes + crc_offset, &crc, sizeof(crc));
}
