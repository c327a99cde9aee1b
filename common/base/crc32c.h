/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The checksum of XFS metadata: CRC-32C (Castagnoli) with all ones before and after, computed as if the four bytes
 * of the checksum itself were zero, stored little-endian (design document, "Metadata Integrity").
 */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Continues a raw CRC (no inversion at either end) over @len bytes. */
uint32_t crc32c_update(uint32_t raw, const void *bytes, size_t len);

/* The checksum of @len bytes whose own 4 bytes stand at @crc_offset (inside, or it is a mistake of the caller). */
uint32_t crc32c_block(const void *bytes, size_t len, size_t crc_offset);

/* Whether the checksum stored at @crc_offset is that of the block. */
bool crc32c_block_ok(const void *bytes, size_t len, size_t crc_offset);

/* Stores the right checksum at @crc_offset. */
void crc32c_block_seal(void *bytes, size_t len, size_t crc_offset);

#endif
