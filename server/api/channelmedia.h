// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// /channels/{slug}/…: playlists and media of live channels, for everybody.
#pragma once

#include "server/http/exchange.h"

/** /channels/{slug}/{playlist}: index.m3u8 or <rung>.m3u8. Delivery thread. */
void api_channelmedia_get_playlist(HttpExchange *exchange);

/** /channels/{slug}/{rung}/{file}: <number>.m4s or init-<number>.mp4. Delivery thread. */
void api_channelmedia_get_file(HttpExchange *exchange);
