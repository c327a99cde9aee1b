/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer report. */
#include "unit/runner.h"

#include <stddef.h>

Suite *escape_suite(void);
Suite *field_unit_suite(void);
Suite *fsck_groups_suite(void);
Suite *fsck_json_suite(void);
Suite *fsck_progress_suite(void);
Suite *fsck_text_suite(void);
Suite *layout_json_suite(void);
Suite *layout_print_suite(void);
Suite *output_suite(void);
Suite *progress_bar_suite(void);
Suite *progress_lines_suite(void);
Suite *scrub_json_suite(void);
Suite *scrub_prometheus_suite(void);
Suite *scrub_text_suite(void);
Suite *size_suite(void);
Suite *style_suite(void);
Suite *time_text_suite(void);
Suite *words_suite(void);

Suite *(*const unit_suites[])(void) = {
	escape_suite,
	field_unit_suite,
	fsck_groups_suite,
	fsck_json_suite,
	fsck_progress_suite,
	fsck_text_suite,
	layout_json_suite,
	layout_print_suite,
	output_suite,
	progress_bar_suite,
	progress_lines_suite,
	scrub_json_suite,
	scrub_prometheus_suite,
	scrub_text_suite,
	size_suite,
	style_suite,
	time_text_suite,
	words_suite,
	NULL,
};
