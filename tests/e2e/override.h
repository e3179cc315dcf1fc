/* SPDX-License-Identifier: GPL-2.0-only */
/* What programs have mkdir(2) and rmdir(2) return, which they never do. */
#ifndef MODBPF_TESTS_E2E_OVERRIDE_H
#define MODBPF_TESTS_E2E_OVERRIDE_H

#define OVERRIDDEN (-25)		/* ENOTTY */
#define OVERRIDDEN_BY_MANY (-29)	/* ESPIPE */

#endif
