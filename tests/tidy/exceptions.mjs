// What a rule has to put up with, one by one and with a reason. One that is no longer needed is a failure itself.
//   { rule: "file_length", path: "actors/x.cpp", why: "…" }
export const exceptions = [];
