/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The owners of a file system without rmapbt, which takes a pass over all forks, against its manifest. */
#ifndef TRUTH_VIEW_SCAN_H
#define TRUTH_VIEW_SCAN_H

#include "truth/owner_list.h"
#include "truth/view_manifest.h"

/* Fails if they differ. @fsmap: what GETFSMAP said. */
void check_full_pass(struct view *view, const struct owner_list *fsmap, const struct manifest *manifest);

#endif
