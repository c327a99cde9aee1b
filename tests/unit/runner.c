/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs all suites of a layer and prints the totals of Check. */
#include "unit/runner.h"

#include <stdlib.h>

int main(void)
{
	SRunner *runner = srunner_create(NULL);
	int failed;

	for (size_t i = 0; unit_suites[i]; i++)
		srunner_add_suite(runner, unit_suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
