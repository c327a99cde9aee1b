/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What has its place by the geometry, or is kept back: the headers of the group, the journal, the blocks of the free
 * list. The rmapbt lists the latter under the same owner as the trees that will take them (seen in kernel images,
 * test_owner.c).
 */
#include "check/space/claims.h"
#include "check/space/space_parts.h"

static int claim_free_list(struct check_work *work, uint32_t agno, const struct space_fixed *fixed)
{
	struct group *group = &work->checker->groups[agno];
	uint32_t blocks[SB_SECTSIZE_MAX / sizeof(be32)], count = 0;
	struct error why;
	int rc;

	if (group->lost & (LOST_AGF | LOST_AGFL))
		return 0;
	rc = fs_read_agfl(work_fs(work), agno, &group->agf, blocks, &count, &why);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA) {
		group->lost |= LOST_AGFL;
		group->worse = true; /* the pass over headers could read it */
		return check_worse(work, at_group(agno), &why);
	}
	for (uint32_t i = 0; i < count && rc == 0; i++) {
		struct rmap claim = claim_of_group(RMAP_OWN_AG, (struct agaddr){agno, blocks[i]}, 1);

		rc = fixed->claim(fixed->arg, &claim);
	}
	return rc;
}

int space_fixed_walk(struct check_work *work, uint32_t agno, const struct space_fixed *fixed)
{
	const struct geometry *geo = &work_fs(work)->geo;
	struct rmap headers = claim_of_group(RMAP_OWN_FS, (struct agaddr){agno, 0}, geometry_header_blocks(geo));
	struct rmap journal = claim_of_group(RMAP_OWN_LOG, geo->log_start, geo->log_blocks);
	int rc = fixed->claim(fixed->arg, &headers);

	if (rc == 0 && geo->log_start.agno == agno)
		rc = fixed->claim(fixed->arg, &journal);
	return rc == 0 ? claim_free_list(work, agno, fixed) : rc;
}

/* The sums of a group. */
struct claiming {
	struct check_work *work;
	struct group *group;
};

static int add_claim(void *arg, const struct rmap *claim)
{
	const struct claiming *claiming = arg;

	claim_add(work_secret(claiming->work), &claiming->group->claimed[claim_class_of(claim)], claim);
	return 0;
}

int space_claim_fixed(struct check_work *work, uint32_t agno)
{
	struct claiming claiming = {.work = work, .group = &work->checker->groups[agno]};
	struct space_fixed fixed = {.claim = add_claim, .arg = &claiming};

	return space_fixed_walk(work, agno, &fixed);
}
