/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Planning a new file system: the order of the steps, and what a person is told although it is done. */
#include "write/newfs_plan.h"

#include <string.h>

static void take_identity(struct newfs_draft *draft)
{
	struct geometry *geo = &draft->layout->geo;

	geo->uuid = draft->options->uuid;
	geo->meta_uuid = draft->options->uuid;
	memcpy(geo->label, draft->options->label, sizeof(geo->label));
	geo->label[sizeof(geo->label) - 1] = '\0';
	draft->layout->root_generation = draft->options->root_generation;
	draft->layout->now_seconds = draft->options->now_seconds;
	draft->layout->now_nanoseconds = draft->options->now_nanoseconds;
}

static void warn_of_device(struct newfs_draft *draft)
{
	struct newfs_layout *layout = draft->layout;

	/* The page that a mapping is made of; the kernel gives DAX to no other block size. */
	if (layout->geo.block_bytes != 4096)
		layout->warnings |= NEWFS_WARN_BLOCK_SIZE_NO_DAX;
	if (draft->device->start_bytes % NEWFS_HUGE_BYTES != 0)
		layout->warnings |= NEWFS_WARN_START_UNALIGNED;
	if (draft->device->is_partition)
		layout->warnings |= NEWFS_WARN_PARTITION;
	if (layout->geo.has_reflink && !layout->geo.has_rmapbt)
		layout->warnings |= NEWFS_WARN_UNMAPPED_REFLINK;
}

int newfs_plan(const struct newfs_options *options, const struct newfs_device *device, struct newfs_layout *out,
	       struct error *err)
{
	static int (*const steps[])(struct newfs_draft *, struct error *) = {
		newfs_plan_sizes, newfs_plan_features, newfs_plan_stripe, newfs_plan_groups,
		newfs_plan_log,	  newfs_plan_root,     newfs_plan_hints,
	};
	struct newfs_layout layout = {0};
	struct newfs_draft draft = {options, device, &layout};

	take_identity(&draft);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int rc = steps[i](&draft, err);

		if (rc != 0)
			return rc;
	}
	warn_of_device(&draft);
	*out = layout;
	return 0;
}

const char *newfs_warning_text(enum newfs_warning warning)
{
	switch (warning) {
	case NEWFS_WARN_BLOCK_SIZE_NO_DAX:
		return "the block size is not the page size of 4096 bytes, so the kernel will not use DAX";
	case NEWFS_WARN_START_UNALIGNED:
		return "the device does not start on 2 MiB, so files cannot be mapped with huge pages";
	case NEWFS_WARN_PARTITION:
		return "on a partition the kernel does not tell the file system of media errors; use the whole device";
	case NEWFS_WARN_UNMAPPED_REFLINK:
		return "without rmapbt media errors cannot be traced to files, and the kernel cannot handle them with "
		       "DAX on shared data";
	case NEWFS_WARN_STRIPE_IGNORED:
		return "the stripe that the device reports does not fit and is ignored";
	}
	return "";
}
