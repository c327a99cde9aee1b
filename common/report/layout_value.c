/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing values as xfs_db does. */
#include <ctype.h>
#include <inttypes.h>
#include <time.h>

#include "base/crc32c.h"
#include "format/dquot.h"
#include "format/inode.h"
#include "fs/time.h"
#include "report/layout.h"
#include "report/uuid_text.h"

/*
 * Text in quotation marks. xfs_db writes the control characters 7 to 13 as a backslash and the letters a to g, so
 * a newline is "\d"; scripts that undo its escapes rely on it.
 */
static void print_text(FILE *out, const uint8_t *text, uint32_t len)
{
	fputc('"', out);
	for (uint32_t i = 0; i < len; i++) {
		uint8_t c = text[i];

		if (c == '"' || c == '\'' || c == '?' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c >= 0x20 && c < 0x7f)
			fputc(c, out);
		else if (c >= 7 && c <= 13)
			fprintf(out, "\\%c", 'a' + c - 7);
		else
			fprintf(out, "\\%03o", c);
	}
	fputc('"', out);
}

/* A date as ctime(3) writes it. */
static void print_date(FILE *out, int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm parts;
	char text[64];

	if (localtime_r(&when, &parts) && strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &parts) > 0)
		fputs(text, out);
	else
		fprintf(out, "%" PRId64, seconds);
}

/* Times of an inode lie in the inode, whose flags say how they count. */
static void print_time(FILE *out, const struct layout_at *at, uint64_t raw, bool nanoseconds)
{
	const struct disk_inode *inode = span_at(at->source->bytes, at->base, sizeof(*inode));
	bool bigtime = inode && (be64_get(inode->flags2) & INODE_FLAG2_BIGTIME);
	struct time_of_disk when = time_decode(raw, bigtime);

	if (nanoseconds)
		fprintf(out, "%" PRIu32, when.nanoseconds);
	else
		print_date(out, when.seconds);
}

/* Record 0 has times of grace where others have the moment at which it ends; no moment is 0. */
static void print_quota_timer(FILE *out, const struct layout_at *at, uint64_t value)
{
	const struct disk_dqblk *dqblk = span_at(at->source->bytes, at->base, sizeof(*dqblk));

	if (value == 0 || (dqblk && be32_get(dqblk->dquot.id) == 0)) {
		fprintf(out, "%" PRIu64, value);
		return;
	}
	if (dqblk && (dqblk->dquot.type & DQUOT_TYPE_BIGTIME))
		value <<= 2;
	print_date(out, (int64_t)value);
}

static void print_fork_format(FILE *out, uint64_t value)
{
	static const char *const names[] = {
		[FORK_DEV] = "dev",	[FORK_LOCAL] = "local", [FORK_EXTENTS] = "extents",
		[FORK_BTREE] = "btree", [FORK_UUID] = "uuid",
	};

	fprintf(out, "%" PRIu64, value);
	if (value < sizeof(names) / sizeof(names[0]))
		fprintf(out, " (%s)", names[value]);
}

/* Checksums are little-endian, but are shown as xfs_db does: by their bytes as they lie there. */
static void print_crc(FILE *out, const struct layout_at *at, const struct field *field, uint32_t place, uint64_t value)
{
	const struct layout_source *source = at->source;
	uint32_t crc_at = place + field->bit_offset / 8;
	bool covered =
		source->crc_bytes >= 4 && crc_at <= source->crc_bytes - 4 && source->crc_bytes <= source->bytes.len;

	fprintf(out, "%#" PRIx32 " (%s)", __builtin_bswap32((uint32_t)value),
		!covered							  ? "unchecked"
		: crc32c_block_ok(source->bytes.bytes, source->crc_bytes, crc_at) ? "correct"
										  : "bad");
}

/* A plain number: in which base is the unit's business. */
static void print_by_unit(FILE *out, const struct layout_item *item, const struct field *field, uint64_t value)
{
	switch (field->unit) {
	case UNIT_MAGIC:
	case UNIT_FLAGS:
	case UNIT_LSN:
	case UNIT_CRC:
		fprintf(out, "%#" PRIx64, value);
		return;
	case UNIT_MODE:
		fprintf(out, "%#" PRIo64, value);
		return;
	case UNIT_FSBLOCK:
	case UNIT_AGBLOCK:
	case UNIT_INO:
	case UNIT_AGINO:
		if (layout_is_null(item, value))
			fputs("null", out);
		else
			fprintf(out, "%" PRIu64, value);
		return;
	case UNIT_NONE:
	case UNIT_BYTES:
	case UNIT_SECTORS:
	case UNIT_DADDR:
	case UNIT_BLOCKS:
	case UNIT_AGNO:
	case UNIT_FILEOFF:
	case UNIT_DABLOCK:
	case UNIT_LOG2:
	case UNIT_PAD:
		fprintf(out, "%" PRIu64, value);
		return;
	}
}

static int64_t sign_extended(uint64_t value, uint32_t bits)
{
	return bits >= 64 ? (int64_t)value : (int64_t)(value << (64 - bits)) >> (64 - bits);
}

static void print_number(FILE *out, const struct layout_item *item, const struct layout_at *at,
			 const struct field *field, uint32_t place, uint64_t value)
{
	switch (item->style) {
	case STYLE_UNIT:
		if (item->mask)
			fprintf(out, "%" PRIu64, value);
		else if (field->unit == UNIT_CRC)
			print_crc(out, at, field, place, value);
		else
			print_by_unit(out, item, field, value);
		return;
	case STYLE_DECIMAL:
		fprintf(out, "%" PRIu64, value);
		return;
	case STYLE_SIGNED:
		fprintf(out, "%" PRId64, sign_extended(value, field->bit_width));
		return;
	case STYLE_HEX:
		fprintf(out, "%#" PRIx64, value);
		return;
	case STYLE_TIME_SECONDS:
		print_time(out, at, value, false);
		return;
	case STYLE_TIME_NANOSECONDS:
		print_time(out, at, value, true);
		return;
	case STYLE_QUOTA_TIMER:
		print_quota_timer(out, at, value);
		return;
	case STYLE_FORK_FORMAT:
		print_fork_format(out, value);
		return;
	case STYLE_NOT_ZERO:
		if (value != 0)
			print_by_unit(out, item, field, value);
		return;
	}
}

void layout_print_value(FILE *out, const struct layout_item *item, const struct layout_at *at, uint32_t index)
{
	const struct field *field = layout_field(item);
	uint32_t place = layout_place(item, at, index), first = place + field->bit_offset / 8;
	char uuid[UUID_TEXT];
	const void *bytes;
	uint32_t len;
	uint64_t value;

	switch (field->kind) {
	case FIELD_CHARS:
		len = item->length ? item->length(at) : field->bit_width / 8;
		bytes = span_at(at->source->bytes, first, len);
		if (bytes)
			print_text(out, bytes, len);
		return;
	case FIELD_UUID:
		bytes = span_at(at->source->bytes, first, sizeof(struct uuid));
		if (bytes)
			fputs(uuid_text(uuid, bytes), out);
		return;
	case FIELD_U8:
	case FIELD_BE16:
	case FIELD_BE32:
	case FIELD_BE64:
	case FIELD_LE32:
	case FIELD_BYTES:
	case FIELD_TIME:
	case FIELD_BITS:
		if (layout_value(item, at, index, &value))
			print_number(out, item, at, field, place, value);
		return;
	}
}

/* Hexadecimal digits that an offset below @len needs, three at least. */
static int offset_digits(size_t len)
{
	int digits = 3;

	while (len > (size_t)1 << (4 * digits))
		digits++;
	return digits;
}

void layout_print_words(FILE *out, struct span bytes)
{
	int digits = offset_digits(bytes.len);

	for (size_t i = 0; i < bytes.len; i++) {
		if (i % 32 == 0)
			fprintf(out, "%0*zx:", digits, i);
		fprintf(out, "%s%02x", i % 4 == 0 ? " " : "", bytes.bytes[i]);
		if (i % 32 == 31 || i + 1 == bytes.len)
			fputc('\n', out);
	}
}

void layout_print_text(FILE *out, struct span bytes)
{
	int digits = offset_digits(bytes.len);

	for (size_t row = 0; row < bytes.len; row += 16) {
		fprintf(out, "%0*zx: ", digits, row);
		for (size_t i = row; i < row + 16; i++) {
			if (i < bytes.len)
				fprintf(out, " %02x", bytes.bytes[i]);
			else
				fputs("   ", out);
		}
		fputs("  ", out);
		for (size_t i = row; i < row + 16 && i < bytes.len; i++)
			fputc(isalnum(bytes.bytes[i]) && bytes.bytes[i] < 0x80 ? bytes.bytes[i] : '.', out);
		fputc('\n', out);
	}
}
