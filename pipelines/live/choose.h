// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which of a service's streams are shown and heard. Pure.
#pragma once

#include "pipelines/tables/service.h"

/** Returns: (transfer none) (nullable): the first picture that can be decoded. */
const TablesStream *live_choose_picture(const TablesService *service);

/** @language: ISO 639-2, may be empty. Returns: (transfer none) (nullable): the sound to be heard:
 * the wanted language before others, the programme's own before what is added for those who do not
 * see or hear well, the first of equals. */
const TablesStream *live_choose_sound(const TablesService *service, const char *language);

/** Returns: whether @stream is of a codec that is decoded here. */
gboolean live_choose_is_known(const TablesStream *stream);
