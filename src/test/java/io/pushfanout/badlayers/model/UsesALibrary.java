package io.pushfanout.badlayers.model;

import com.google.gson.Gson;

/** Breaks a rule on purpose: the core needs no such library. */
public class UsesALibrary {
  Gson wrong;
}
