// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The access check in front of every handler: who is it (cookie or bearer token), may it use this
// route, and does a write with a cookie carry its CSRF token.
#pragma once

#include "server/http/exchange.h"

/** The tag of a route. */
typedef enum {
    API_GUARD_ASSET,      // nobody is asked who they are: client files, health
    API_GUARD_ALL,        // anyone; who is signed in is known
    API_GUARD_OPEN,       // anyone; a write that needs no CSRF token: log in, set-up
    API_GUARD_ACCOUNT,    // signed in
    API_GUARD_UPLOAD,     // may make lessons
    API_GUARD_ADMINISTER, // administrators
} ApiGuardAccess;

#define API_GUARD_COOKIE "daorian_session"
// Over HTTPS it has another name: browsers refuse to set a cookie over HTTP where HTTPS set one of
// that name.
#define API_GUARD_COOKIE_SECURE "__Host-daorian_session"

/** The router's access check (HttpRouterAuthorise). Attaches a ServerAccessAccount. Delivery
 * thread. */
void api_guard_authorise(HttpExchange *exchange, guint access);
