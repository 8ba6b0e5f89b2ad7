// SPDX-License-Identifier: LGPL-2.1-or-later
#include "victim.h"

void victim_signed(struct scene *s, u64 attributes)
{
	const struct avow_params params = { .attributes = attributes };

	scene_image_with(s, 2, &params);
	scene_add(s, s->play, 1, AVOW_R);
	REQUIRE_OK(avow_enclave_sign(&s->e, scene_key()));
}
