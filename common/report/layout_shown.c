/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a value says, before it is written as text or as JSON: both are made of the same. */
#include <string.h>

#include "base/crc32c.h"
#include "format/dquot.h"
#include "format/inode.h"
#include "fs/time.h"
#include "report/layout.h"

static void show_number(struct layout_shown *shown, uint64_t value, enum shown_base base)
{
	shown->kind = SHOWN_NUMBER;
	shown->number = value;
	shown->base = base;
}

static void show_date(struct layout_shown *shown, int64_t seconds)
{
	shown->kind = SHOWN_DATE;
	shown->signed_number = seconds;
}

/* Times of an inode lie in the inode, whose flags say how they count. */
static struct time_of_disk time_at(const struct layout_at *at, uint64_t raw)
{
	const struct disk_inode *inode = span_at(at->source->bytes, at->base, sizeof(*inode));

	return time_decode(raw, inode && (be64_get(inode->flags2) & INODE_FLAG2_BIGTIME));
}

/* Record 0 has times of grace where others have the moment at which it ends; no moment is 0. */
static void show_quota_timer(struct layout_shown *shown, const struct layout_at *at, uint64_t value)
{
	const struct disk_dqblk *dqblk = span_at(at->source->bytes, at->base, sizeof(*dqblk));

	if (value == 0 || (dqblk && be32_get(dqblk->dquot.id) == 0)) {
		show_number(shown, value, SHOWN_DECIMAL);
		return;
	}
	if (dqblk && (dqblk->dquot.type & DQUOT_TYPE_BIGTIME))
		value <<= 2;
	show_date(shown, (int64_t)value);
}

static void show_fork_format(struct layout_shown *shown, uint64_t value)
{
	static const char *const names[] = {
		[FORK_DEV] = "dev",	[FORK_LOCAL] = "local", [FORK_EXTENTS] = "extents",
		[FORK_BTREE] = "btree", [FORK_UUID] = "uuid",
	};

	show_number(shown, value, SHOWN_DECIMAL);
	if (value < sizeof(names) / sizeof(names[0])) {
		shown->word_of = "name";
		shown->word = names[value];
	}
}

/* Checksums are little-endian, but are shown as xfs_db does: by their bytes as they lie there. */
static void show_crc(struct layout_shown *shown, const struct layout_source *source, uint32_t crc_at, uint64_t value)
{
	bool covered =
		source->crc_bytes >= 4 && crc_at <= source->crc_bytes - 4 && source->crc_bytes <= source->bytes.len;

	show_number(shown, __builtin_bswap32((uint32_t)value), SHOWN_HEX);
	shown->word_of = "status";
	if (!covered)
		shown->word = "unchecked";
	else
		shown->word = crc32c_block_ok(source->bytes.bytes, source->crc_bytes, crc_at) ? "correct" : "bad";
}

/* A plain number: in which base is the unit's business. */
static void show_by_unit(struct layout_shown *shown, const struct layout_item *item, const struct field *field,
			 uint64_t value)
{
	switch (field->unit) {
	case UNIT_MAGIC:
	case UNIT_FLAGS:
	case UNIT_LSN:
	case UNIT_CRC:
		show_number(shown, value, SHOWN_HEX);
		return;
	case UNIT_MODE:
		show_number(shown, value, SHOWN_OCTAL);
		return;
	case UNIT_FSBLOCK:
	case UNIT_AGBLOCK:
	case UNIT_INO:
	case UNIT_AGINO:
		show_number(shown, value, SHOWN_DECIMAL);
		if (layout_is_null(item, value))
			shown->kind = SHOWN_NULL;
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
		show_number(shown, value, SHOWN_DECIMAL);
		return;
	}
}

static int64_t sign_extended(uint64_t value, uint32_t bits)
{
	return bits >= 64 ? (int64_t)value : (int64_t)(value << (64 - bits)) >> (64 - bits);
}

/* @place: where the structure of the field begins. */
static void show_by_style(struct layout_shown *shown, const struct layout_item *item, const struct layout_at *at,
			  uint32_t place, uint64_t value)
{
	const struct field *field = layout_field(item);

	switch (item->style) {
	case STYLE_UNIT:
		if (item->mask)
			show_number(shown, value, SHOWN_DECIMAL);
		else if (field->unit == UNIT_CRC)
			show_crc(shown, at->source, place + field->bit_offset / 8, value);
		else
			show_by_unit(shown, item, field, value);
		return;
	case STYLE_DECIMAL:
		show_number(shown, value, SHOWN_DECIMAL);
		return;
	case STYLE_SIGNED:
		shown->kind = SHOWN_SIGNED;
		shown->signed_number = sign_extended(value, field->bit_width);
		return;
	case STYLE_HEX:
		show_number(shown, value, SHOWN_HEX);
		return;
	case STYLE_TIME_SECONDS:
		show_date(shown, time_at(at, value).seconds);
		return;
	case STYLE_TIME_NANOSECONDS:
		show_number(shown, time_at(at, value).nanoseconds, SHOWN_DECIMAL);
		return;
	case STYLE_QUOTA_TIMER:
		show_quota_timer(shown, at, value);
		return;
	case STYLE_FORK_FORMAT:
		show_fork_format(shown, value);
		return;
	case STYLE_NOT_ZERO:
		if (value != 0)
			show_by_unit(shown, item, field, value);
		return;
	}
}

/* Bytes that are shown as such. @first: where they begin. */
static void show_bytes(struct layout_shown *shown, enum shown_kind kind, const struct layout_at *at, uint32_t first,
		       uint32_t len)
{
	const void *bytes = span_at(at->source->bytes, first, len);

	if (!bytes)
		return;
	shown->kind = kind;
	shown->bytes = (struct span){bytes, len};
}

struct layout_shown layout_show(const struct layout_item *item, const struct layout_at *at, uint32_t index)
{
	const struct field *field = layout_field(item);
	uint32_t place = layout_place(item, at, index), first = place + field->bit_offset / 8;
	struct layout_shown shown = {.kind = SHOWN_NOTHING};
	uint64_t value;

	switch (field->kind) {
	case FIELD_CHARS:
		show_bytes(&shown, SHOWN_TEXT, at, first, item->length ? item->length(at) : field->bit_width / 8);
		break;
	case FIELD_UUID:
		show_bytes(&shown, SHOWN_UUID, at, first, sizeof(struct uuid));
		break;
	case FIELD_U8:
	case FIELD_BE16:
	case FIELD_BE32:
	case FIELD_BE64:
	case FIELD_LE32:
	case FIELD_BYTES:
	case FIELD_TIME:
	case FIELD_BITS:
		if (layout_value(item, at, index, &value))
			show_by_style(&shown, item, at, place, value);
		break;
	}
	return shown;
}
