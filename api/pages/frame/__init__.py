"""What every page stands in: templates, languages, the menu, lists, and who visits."""
