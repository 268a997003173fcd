/** A program that breaks every rule of {@code Layering}, one class for each. */
package io.pushfanout.badlayers;
