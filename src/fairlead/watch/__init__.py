"""Territory watch: accounts that went without contact, with the money at risk. A look or an empty seat starts it."""
