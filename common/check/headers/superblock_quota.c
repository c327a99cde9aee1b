/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the superblock says of quota. What the quota files hold is compared in quota.c.
 *
 * The kernel sets the version bit with the first quota inode and then keeps it; it enforces only what it accounts, and
 * takes "counted" back when a mount does not account any more (seen in its images). Flags that miss are legal: quota is
 * then counted anew, or not enforced.
 */
#include "check/headers/superblock_parts.h"

static const struct {
	const char *field;
	uint16_t accounted, enforced, checked;
} types[] = {
	{"uquotino", SB_QUOTA_USER_ACCOUNTED, SB_QUOTA_USER_ENFORCED, SB_QUOTA_USER_CHECKED},
	{"gquotino", SB_QUOTA_GROUP_ACCOUNTED, SB_QUOTA_GROUP_ENFORCED, SB_QUOTA_GROUP_CHECKED},
	{"pquotino", SB_QUOTA_PROJECT_ACCOUNTED, SB_QUOTA_PROJECT_ENFORCED, SB_QUOTA_PROJECT_CHECKED},
};
#define TYPES (sizeof(types) / sizeof(types[0]))

static bool is_none(uint64_t ino)
{
	return ino == 0 || ino == UINT64_MAX;
}

/* An inode number that nobody else in the superblock has. */
static bool can_be(const struct geometry *geo, const uint64_t *inodes, size_t i)
{
	uint32_t agno, agino;

	if (!geometry_ino_split(geo, inodes[i], &agno, &agino) ||
	    (inodes[i] >= geo->root_ino && inodes[i] <= geo->root_ino + 2))
		return false;
	for (size_t other = 0; other < i; other++)
		if (inodes[other] == inodes[i])
			return false;
	return true;
}

bool superblock_qflags_fit(const struct disk_sb *sb)
{
	uint16_t flags = be16_get(sb->qflags);

	for (size_t i = 0; i < TYPES; i++)
		if (!(flags & types[i].accounted) && (flags & (types[i].enforced | types[i].checked)))
			return false;
	return (flags & ~SB_QUOTA_FLAGS) == 0 && (flags == 0 || (be16_get(sb->versionnum) & SB_VERSION_QUOTA));
}

void superblock_check_quota(struct check_work *work, const struct disk_sb *sb)
{
	const struct geometry *geo = &work_fs(work)->geo;
	const uint64_t inodes[TYPES] = {be64_get(sb->uquotino), be64_get(sb->gquotino), be64_get(sb->pquotino)};
	bool has_quota = be16_get(sb->versionnum) & SB_VERSION_QUOTA;
	uint16_t flags = be16_get(sb->qflags);
	struct finding finding = {.code = FINDING_SB_QUOTA, .at = superblock_place(0), .has_found = true};

	for (size_t i = 0; i < TYPES; i++) {
		if (is_none(inodes[i]) ? !(flags & types[i].checked) : has_quota && can_be(geo, inodes, i))
			continue;
		finding.field = types[i].field;
		finding.found = inodes[i];
		finding_raise(&work->findings, &finding);
	}
	if (!superblock_qflags_fit(sb)) {
		finding.field = "qflags";
		finding.found = flags;
		finding_raise(&work->findings, &finding);
	}
}
