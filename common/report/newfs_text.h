/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A new file system: its geometry as people and programs read it. */
#ifndef REPORT_NEWFS_TEXT_H
#define REPORT_NEWFS_TEXT_H

#include <stdio.h>

#include "write/newfs.h"

/* The lines of mkfs.xfs and xfs_info of xfsprogs 6.1; @path: as given by the user. ERR_IO: it could not be written. */
int report_newfs_text(const struct newfs_layout *layout, const char *path, FILE *out, struct error *err) MUST_CHECK;

/* One JSON object on one line, type "file_system". ERR_IO, ERR_NOMEM. */
int report_newfs_json(const struct newfs_layout *layout, const char *path, FILE *out, struct error *err) MUST_CHECK;

#endif
