/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocks of symbolic links and quota records as people see them. */
#include "format/dquot.h"
#include "format/symlink.h"
#include "report/layout_items.h"

static uint32_t place_target(const struct layout_at *at, uint32_t index)
{
	(void)index;
	return at->base + (uint32_t)sizeof(struct disk_symlink);
}

static uint32_t target_bytes(const struct layout_at *at)
{
	const struct disk_symlink *link = layout_bytes(at, 0, sizeof(*link));
	uint32_t room;

	if (!link)
		return 0;
	room = (uint32_t)(at->source->bytes.len - sizeof(*link));
	return be32_get(link->bytes) < room ? be32_get(link->bytes) : room;
}

/* clang-format off */
#define L(name_, field_) ITEM(name_, symlink_table, field_)
static const struct layout_item symlink_items[] = {
	L("magic", "magic"), L("offset", "offset"), L("bytes", "bytes"), L("crc", "crc"), L("uuid", "uuid"),
	L("owner", "owner"), L("bno", "blkno"), L("lsn", "lsn"),
	ELEMENT("data", element_text, .place = place_target, .length = target_bytes),
};

#define Q(name_, ...) ITEM(name_, dqblk_table, "dquot." __VA_ARGS__)
static const struct layout_item dquot_items[] = {
	Q("magic", "magic"), Q("version", "version", .style = STYLE_HEX), Q("type", "type"), Q("id", "id"),
	Q("blk_hardlimit", "blk_hardlimit"), Q("blk_softlimit", "blk_softlimit"), Q("ino_hardlimit", "ino_hardlimit"), Q("ino_softlimit", "ino_softlimit"), Q("bcount", "bcount"), Q("icount", "icount"),
	Q("itimer", "itimer", .style = STYLE_QUOTA_TIMER), Q("btimer", "btimer", .style = STYLE_QUOTA_TIMER),
	Q("iwarns", "iwarns"), Q("bwarns", "bwarns"),
	Q("pad0", "pad0", .flags = LAYOUT_HIDDEN),
	Q("rtb_hardlimit", "rtb_hardlimit"), Q("rtb_softlimit", "rtb_softlimit"), Q("rtbcount", "rtbcount"),
	Q("rtbtimer", "rtbtimer", .style = STYLE_QUOTA_TIMER),
	Q("rtbwarns", "rtbwarns"),
	Q("pad", "pad", .flags = LAYOUT_HIDDEN),
};
static const struct layout dquot = LAYOUT(dquot_items);
static const struct layout_item dqblk_items[] = {
	PART("diskdq", dquot),
	SAME(dqblk_table, "fill", .flags = LAYOUT_HIDDEN),
	SAME(dqblk_table, "crc"), SAME(dqblk_table, "lsn"), SAME(dqblk_table, "uuid"),
};
/* clang-format on */

const struct layout symlink_layout = LAYOUT(symlink_items);
const struct layout dqblk_layout = LAYOUT(dqblk_items);
